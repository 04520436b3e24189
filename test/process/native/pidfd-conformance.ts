import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { isSystemError } from '../../../src/core/errors.ts';
import type { SystemCalls } from '../../../src/process/native/system-calls.ts';
import { ended, reap, startOrphan } from './orphans.ts';

const NEXT_PID = '/proc/sys/kernel/ns_last_pid';

/** What every way to the system calls does with descriptors of processes. */
export function pidfdConformance(calls: SystemCalls): void {
  describe('descriptors of processes', () => {
    test('signals the process that it stands for, and no other', async () => {
      const [target, bystander] = [sleeper(), sleeper()];
      const pidfd = open(target);
      assert.equal(calls.pidfdSendSignal(pidfd, 0), 'sent');
      const exit = once(target, 'exit');
      assert.equal(calls.pidfdSendSignal(pidfd, 'SIGTERM'), 'sent');
      assert.deepEqual(await exit, [null, 'SIGTERM']);
      assert.equal(calls.pidfdSendSignal(pidfd, 'SIGTERM'), 'gone');
      assert.equal(calls.pidfdOpen(Number(target.pid)), 'gone');
      closeSync(pidfd);
      assert.equal(bystander.kill(0), true);
      await killed(bystander);
    });

    test('a zombie takes signals until it is reaped', async () => {
      calls.setChildSubreaper(true);
      const pid = startOrphan('exec sleep 600');
      calls.setChildSubreaper(false);
      const pidfd = calls.pidfdOpen(pid);
      assert.ok(pidfd !== 'gone');
      assert.equal(calls.pidfdSendSignal(pidfd, 'SIGKILL'), 'sent');
      await ended(() => calls.peekChild(pid));
      assert.equal(calls.pidfdSendSignal(pidfd, 'SIGKILL'), 'sent');
      await reap(calls, pid);
      assert.equal(calls.pidfdSendSignal(pidfd, 'SIGKILL'), 'gone');
      closeSync(pidfd);
    });

    test('does not touch the next process with the same pid', { skip: whyNoReuse() }, async () => {
      const { pidfd, heir } = await pidTakenOver();
      assert.equal(calls.pidfdSendSignal(pidfd, 'SIGKILL'), 'gone');
      closeSync(pidfd);
      assert.equal(heir.kill('SIGTERM'), true);
      assert.deepEqual(await once(heir, 'exit'), [null, 'SIGTERM'], 'not by our SIGKILL');
    });

    test("another user's process is refused", { skip: whyNobodyRefuses() }, () => {
      const pidfd = calls.pidfdOpen(1);
      assert.ok(pidfd !== 'gone');
      assert.equal(calls.pidfdSendSignal(pidfd, 0), 'refused');
      closeSync(pidfd);
    });

    test('says by its errno what else is wrong', () => {
      const file = openSync('/dev/null', 'r');
      const fault = { name: 'SystemCallError', code: 'EBADF', syscall: 'pidfd_send_signal' };
      assert.throws(() => calls.pidfdSendSignal(file, 0), fault);
      closeSync(file);
    });
  });

  function open(child: ChildProcess): number {
    const pidfd = calls.pidfdOpen(Number(child.pid));
    assert.ok(pidfd !== 'gone');
    return pidfd;
  }

  /** A descriptor of a process that is gone, and a process that has its pid now. */
  async function pidTakenOver(): Promise<{ readonly pidfd: number; readonly heir: ChildProcess }> {
    // Anybody on the machine may take the pid first, and keep it: then again with another.
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const target = sleeper();
      const pidfd = open(target);
      await killed(target);
      writeFileSync(NEXT_PID, String(Number(target.pid) - 1));
      const heir = sleeper();
      if (heir.pid === target.pid) return { pidfd, heir };
      closeSync(pidfd);
      await killed(heir);
    }
    throw new Error('No process could be started with the pid of an earlier one.');
  }
}

function sleeper(): ChildProcess {
  return spawn('sleep', ['600'], { stdio: 'ignore' });
}

async function killed(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/**
 * Why a pid can't be handed out again here: pid_namespaces(7) wants a capability for it, which is
 * asked for only when something is written. What is written is what stands there.
 */
function whyNoReuse(): string | false {
  try {
    writeFileSync(NEXT_PID, readFileSync(NEXT_PID));
    return false;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return `the next pid can't be chosen here (${error.code})`;
  }
}

function whyNobodyRefuses(): string | false {
  return process.getuid?.() === 0 ? 'root may signal everybody' : false;
}
