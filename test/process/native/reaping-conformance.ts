import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import type { SystemCalls } from '../../../src/process/native/system-calls.ts';
import { readProcStat } from '../../../src/process/proc-stat.ts';
import { ended, reap, startOrphan } from './orphans.ts';

/** What every way to the system calls answers about adopted children and about all others. */
export function reapingConformance(calls: SystemCalls): void {
  describe('adopting and reaping', () => {
    before(() => calls.setChildSubreaper(true));
    after(() => calls.setChildSubreaper(false));

    test('a subreaper adopts an orphan that made a session of its own', async () => {
      assert.equal(calls.isChildSubreaper(), true);
      const pid = startOrphan('exec setsid sleep 600');
      assert.equal(readProcStat(pid)?.parent, process.pid);
      process.kill(pid, 'SIGKILL');
      await reap(calls, pid);
    });

    test('and no orphan once it is no subreaper any more', () => {
      calls.setChildSubreaper(false);
      assert.equal(calls.isChildSubreaper(), false);
      const pid = startOrphan('exec sleep 600');
      assert.notEqual(readProcStat(pid)?.parent, process.pid);
      assert.deepEqual(calls.waitPid(pid), { kind: 'not-a-child' });
      process.kill(pid, 'SIGKILL');
      calls.setChildSubreaper(true);
    });

    test('reaps the one that it is asked for, with its exit status, and no other', async () => {
      const nodes = spawn('sh', ['-c', 'exit 5']);
      const [first, second] = [startOrphan('exit 3'), startOrphan('exit 7')];
      const other = await ended(() => calls.peekChild(second));
      assert.deepEqual(other, { kind: 'ended', ending: { exitCode: 7, signal: null } });

      assert.deepEqual(await reap(calls, first), { exitCode: 3, signal: null });
      assert.deepEqual(calls.waitPid(first), { kind: 'not-a-child' }, 'once only');
      assert.deepEqual(calls.peekChild(first), { kind: 'not-a-child' });

      assert.equal(readProcStat(second)?.state, 'Z', 'the other still waits for us');
      assert.deepEqual(await reap(calls, second), { exitCode: 7, signal: null });
      if (nodes.exitCode === null) await once(nodes, 'exit');
      assert.equal(nodes.exitCode, 5, "what Node started is Node's to reap");
    });

    test('does not wait for one that is running, and tells the signal that ended it', async () => {
      const pid = startOrphan('exec sleep 600');
      assert.deepEqual(calls.waitPid(pid), { kind: 'running' });
      assert.deepEqual(calls.peekChild(pid), { kind: 'running' });
      process.kill(pid, 'SIGKILL');
      const seen = await ended(() => calls.peekChild(pid));
      assert.deepEqual(seen, { kind: 'ended', ending: { exitCode: null, signal: 'SIGKILL' } });
      assert.deepEqual(await reap(calls, pid), { exitCode: null, signal: 'SIGKILL' });
    });

    test('a real-time signal has a number for a name', async () => {
      const pid = startOrphan('kill -35 $$');
      const seen = await ended(() => calls.peekChild(pid));
      assert.deepEqual(seen, { kind: 'ended', ending: { exitCode: null, signal: 'SIG35' } });
      assert.deepEqual(await reap(calls, pid), { exitCode: null, signal: 'SIG35' });
    });

    test('a stopped child is running', async () => {
      const pid = startOrphan('kill -STOP $$; exit 4');
      const stopped = () => readProcStat(pid)?.state === 'T';
      while (!stopped()) await new Promise(setImmediate);
      assert.deepEqual(calls.waitPid(pid), { kind: 'running' });
      assert.deepEqual(calls.peekChild(pid), { kind: 'running' });
      process.kill(pid, 'SIGCONT');
      assert.deepEqual(await reap(calls, pid), { exitCode: 4, signal: null });
    });

    test("a look at a child of Node's leaves its ending to Node", async () => {
      const child = spawn('sh', ['-c', 'exit 6']);
      const pid = Number(child.pid);
      const exit = once(child, 'exit');
      // Without a turn of the event loop, so that libuv can't have reaped it.
      let seen = calls.peekChild(pid);
      while (seen.kind === 'running') seen = calls.peekChild(pid);
      assert.deepEqual(seen, { kind: 'ended', ending: { exitCode: 6, signal: null } });
      assert.deepEqual(await exit, [6, null]);
    });
  });

  describe('of whom it tells', () => {
    test('a process that is not our child, and one that is not there', () => {
      for (const pid of [process.ppid, process.pid, 0x7fffffff]) {
        assert.deepEqual(calls.waitPid(pid), { kind: 'not-a-child' });
        assert.deepEqual(calls.peekChild(pid), { kind: 'not-a-child' });
      }
    });

    test('refuses what means several processes, or any', () => {
      for (const pid of [-1, 0, -process.pid, 1.5, Number.NaN, 2 ** 31, 2 ** 32 + 1]) {
        for (const ask of ['waitPid', 'peekChild', 'pidfdOpen'] as const) {
          assert.throws(() => calls[ask](pid), RangeError, `${ask} ${pid}`);
        }
      }
    });
  });
}
