import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { listeningPorts } from '../../src/hang/probes/node/inspector-port.ts';
import type { HangJson } from '../../src/hang/report/json.ts';
import { readProcStat, signalProcess } from '../../src/process/proc-stat.ts';
import { scratchDirectory } from '../report/scratch.ts';
import { BIN, binEnvironment, runBin } from './run-bin.ts';

/** A process that says when it is where it is to be looked at, ended afterwards. */
async function withProcess(
  argv: readonly [string, ...string[]],
  use: (child: ChildProcess & { readonly pid: number }) => Promise<void>,
): Promise<void> {
  const [command, ...args] = argv;
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  const { pid, stdout } = child;
  assert.ok(pid !== undefined);
  const closed = once(child, 'close');
  try {
    await once(stdout, 'data');
    await use(Object.assign(child, { pid }));
  } finally {
    // It may have ended by itself, and its children with it.
    signalProcess(-pid, 'SIGKILL');
    await closed;
  }
}

const look = async (pid: number, ...options: readonly string[]): Promise<HangJson> => {
  const args = ['hang', String(pid), '--json', ...options];
  const { status, stdout, stderr } = await runBin('/', args);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as HangJson;
};

/** Waits for the child of a process to be a zombie. */
async function endedChildOf(pid: number): Promise<number> {
  for (;;) {
    const stats = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    const child = readProcStat(Number(stats[0]));
    if (child?.state === 'Z') return child.pid;
    await pause(20);
  }
}

describe('pindown hang', { skip: process.platform !== 'linux' }, () => {
  test('proves that a parent waits for a child that can write no more', async () => {
    // The shell has the only read end besides the child's own, and waits for its end.
    const script = 'mkfifo "$0"; exec 3<>"$0"; rm "$0"; echo here; head -c 1000000 /dev/zero >&3';
    const fifo = join(scratchDirectory(), 'fifo');
    await withProcess(['sh', '-c', script, fifo], async ({ pid }) => {
      const { graph } = await look(pid);
      assert.deepEqual(
        graph.waits.filter(({ pid: of }) => of === pid).map(({ kind }) => kind),
        ['child'],
      );
    });
  });

  test('a server that waits for clients may go on', async () => {
    const script =
      "require('net').createServer().listen(0, '127.0.0.1', () => console.log('here'))";
    await withProcess([process.execPath, '-e', script], async ({ pid }) => {
      const { proven, graph } = await look(pid);
      assert.equal(proven, false);
      const main = graph.waits.find(({ tid }) => tid === pid);
      // While V8 has a timer of its own, that comes before who may connect.
      assert.match(JSON.stringify(main?.sources), /anybody who connects to tcp|a time limit of/);
    });
  });

  test('--hold leaves the whole tree stopped, and says how it is let go', async () => {
    const script = '(while :; do sleep 0.05; done) & echo here; wait';
    await withProcess(['sh', '-c', script], async ({ pid }) => {
      const { status, stderr } = await runBin('/', ['hang', String(pid), '--hold']);
      assert.equal(status, 0, stderr);
      const held = /kill -CONT ([\d ]+)\./.exec(stderr)?.[1]?.split(' ').map(Number) ?? [];
      assert.equal(held[0], pid);
      assert.ok(held.length >= 2, stderr);
      assert.deepEqual(
        held.map((each) => readProcStat(each)?.state),
        held.map(() => 'T'),
      );
      for (const each of held) assert.equal(signalProcess(each, 'SIGCONT'), 'sent');
      while (readProcStat(pid)?.state === 'T') await pause(10);
    });
  });

  test('--hold does not stop the very command that asks for it', async () => {
    const { status, stderr } = await runBin('/', ['hang', String(process.pid), '--hold']);
    assert.equal(status, 2);
    assert.match(stderr, /is above this very command/);
  });

  test('asked from inside, a Node tells the line that it loops at, and goes on', async () => {
    const script =
      "console.log('here'); const until = Date.now() + 6000; while (Date.now() < until);";
    await withProcess([process.execPath, '--inspect-port=0', '-e', script], async (child) => {
      const exit = once(child, 'exit');
      const { verdict } = await look(child.pid, '--probe');
      assert.equal(verdict.class, 'busy-in-user-code');
      assert.match(verdict.root?.place ?? '', /^\[eval\](?:-wrapper)?:\d/);
      assert.deepEqual(await exit, [0, null]);
    });
  });

  test('leaves what it looks at as it was', async () => {
    const script =
      "process.stdin.on('data', (text) => process.exit(Number(text))); console.log('here')";
    await withProcess([process.execPath, '-e', script], async (child) => {
      await look(child.pid);
      child.stdin?.write('7');
      const [status] = await once(child, 'exit');
      assert.equal(status, 7);
    });
  });

  test('interrupted, it closes first what it has opened', async () => {
    const script = "console.log('here'); setInterval(() => {}, 50)";
    await withProcess([process.execPath, '--inspect-port=0', '-e', script], async ({ pid }) => {
      const asking = spawn(process.execPath, [BIN, 'hang', String(pid), '--probe'], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: binEnvironment,
      });
      const ended = once(asking, 'exit');
      let said = '';
      asking.stderr.on('data', (text) => (said += String(text)));
      while (listeningPorts(pid).length === 0) {
        assert.equal(asking.exitCode, null, said);
        await pause(5);
      }
      asking.kill('SIGINT');
      assert.deepEqual(await ended, [130, null]);
      assert.match(said, /^SIGINT: closing what was opened/);
      assert.deepEqual(listeningPorts(pid), []);
    });
  });

  test('one that has ended and was not taken note of', async () => {
    const script = 'sleep 0 & echo $!; exec sleep 60';
    await withProcess(['sh', '-c', script], async ({ pid }) => {
      const ended = await endedChildOf(pid);
      const { status, stderr } = await runBin('/', ['hang', String(ended)]);
      assert.equal(status, 2);
      assert.match(stderr, new RegExp(`Process ${ended} .*has ended, and its parent, ${pid},`));
      const { missing } = await look(pid);
      assert.doesNotMatch(missing.join('\n'), /descriptors/);
    });
  });

  test('a thread stands for its process', async () => {
    const script = "console.log('here'); setTimeout(() => {}, 60_000)";
    await withProcess([process.execPath, '-e', script], async ({ pid }) => {
      const tid = readdirSync(`/proc/${pid}/task`)
        .map(Number)
        .find((one) => one !== pid);
      const { graph } = await look(tid ?? 0);
      assert.deepEqual(
        graph.processes.map((one) => one.pid),
        [pid],
      );
    });
  });

  for (const [word, said] of [
    ['none', /Expected a process id/],
    ['0', /Expected a process id/],
    ['4194305', /There is no process 4194305/],
    ['99999999999', /There is no process 99999999999/],
    ['999999999999999999999', /Expected a process id/],
    ['1e3', /Expected a process id, got "1e3"/],
    ['+5', /Expected a process id/],
    ['5\n6', /Expected a process id, got "5\\n6"/],
  ] as const) {
    test(`${word}: 2, and what is expected`, async () => {
      const { status, stderr } = await runBin('/', ['hang', word]);
      assert.equal(status, 2);
      assert.match(stderr, said);
    });
  }
});
