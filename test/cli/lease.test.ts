import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { loadSystemCalls } from '../../src/process/native/load-system-calls.ts';
import { scratchDirectory } from '../report/scratch.ts';
import { BIN, binEnvironment, runBin } from './run-bin.ts';

const scratch = scratchDirectory();
const kernel = loadSystemCalls();
/** Says that it runs, and runs until its input ends. */
const UNTIL_END = ['sh', '-c', 'echo runs; cat'];

describe('pindown lease', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  /** `pindown lease` whose command has said its first line. */
  const running = async (
    root: string,
    command: readonly string[],
  ): Promise<{ readonly child: ChildProcess; readonly said: string }> => {
    const args = [BIN, 'lease', 'db', '--root', root, '--', ...command];
    const child = spawn(process.execPath, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: binEnvironment,
    });
    children.push(child);
    const [said] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    return { child, said };
  };

  test('runs a command with a permit, and ends as it does', async () => {
    const root = newRoot();
    const shown = 'echo $PINDOWN_LEASE_SLOT $PINDOWN_LEASE_TOKEN; exit 7';
    const [one, two] = [
      await lease(root, 'db', '--', 'sh', '-c', shown),
      await lease(root, 'db', '--', 'sh', '-c', shown),
    ];
    assert.deepEqual([one.status, two.status], [7, 7]);
    const [first, second] = [one, two].map(({ stdout }) => /^0 (\d+)\n$/.exec(stdout)?.[1]);
    assert.ok(Number(second) > Number(first), `${second} after ${first}`);
    assert.equal((await lease(root, 'db', '--', 'sh', '-c', 'kill -TERM $$')).status, 143);
    const none = await lease(root, 'db', '--', 'no-such-program');
    assert.equal(none.status, 127);
    assert.match(none.stderr, /no program "no-such-program"/);
  });

  test('is blocked with a status of its own, and tells who only where asked', async () => {
    const root = newRoot();
    const { child } = await running(root, UNTIL_END);
    const blocked = await lease(root, 'db', '--', 'true');
    assert.equal(blocked.status, 75);
    assert.match(blocked.stderr, /1 holds one, the longest for/);
    assert.doesNotMatch(blocked.stderr, /pid|echo runs/);
    const told = await lease(root, 'db', '--show-holders', '--', 'true');
    assert.match(told.stderr, new RegExp(`pid ${child.pid} .*echo runs`));
    assert.doesNotMatch((await lease(root, 'list')).stdout, /pid/);
    assert.match((await lease(root, 'list', '--show-holders')).stdout, /pid/);
    const listed = JSON.parse((await lease(root, 'list', '--json')).stdout) as {
      readonly leases: readonly { readonly key: string; readonly holders: readonly object[] }[];
    };
    assert.equal(listed.leases[0]?.key, 'db');
    assert.deepEqual(Object.keys(listed.leases[0]?.holders[0] ?? {}).toSorted(), [
      'heldMs',
      'limit',
      'slot',
      'token',
    ]);
    const waiting = lease(root, 'db', '--wait', '30s', '--', 'true');
    child.stdin!.end();
    assert.equal((await waiting).status, 0);
  });

  test('hands signals on to the command', async () => {
    const root = newRoot();
    const { child } = await running(root, [
      process.execPath,
      '-e',
      `process.on('SIGTERM', () => process.exit(9)); console.log('runs'); setInterval(() => {}, 9e4)`,
    ]);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [9, null]);
    assert.equal((await lease(root, 'db', '--', 'true')).status, 0);
  });

  test('gives a permit back with what the command left behind still there', async () => {
    const root = newRoot();
    const left = await lease(root, 'db', '--', 'sh', '-c', 'sleep 60 >/dev/null 2>&1 & echo $!');
    try {
      assert.equal((await lease(root, 'db', '--', 'true')).status, 0);
    } finally {
      process.kill(Number(left.stdout), 'SIGKILL');
    }
  });

  test(
    'killed, leaves the permit with the command that still runs',
    { skip: kernel.via === null ? kernel.because : false },
    async () => {
      const root = newRoot();
      const { child, said } = await running(root, ['sh', '-c', 'echo $$; exec sleep 60']);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const blocked = await lease(root, 'db', '--show-holders', '--', 'true');
      assert.equal(blocked.status, 75);
      assert.match(blocked.stderr, /its process is gone, what that started holds on/);
      process.kill(Number(said), 'SIGKILL');
      assert.equal((await lease(root, 'db', '--wait', '30s', '--', 'true')).status, 0);
    },
  );

  test('says what is wrong with how it is called', async () => {
    const root = newRoot();
    assert.equal((await lease(root, 'db')).status, 2);
    assert.equal((await lease(root, 'release')).status, 2);
    assert.equal((await lease(root, 'db', '--limit', '0', '--', 'true')).status, 2);
    assert.equal((await lease(root, 'x'.repeat(300), '--', 'true')).status, 6);
    assert.equal((await lease(root, 'release', '--stale')).stdout, 'Nothing was left behind.\n');
  });
});

async function lease(root: string, ...args: string[]): ReturnType<typeof runBin> {
  return await runBin(scratch, ['lease', ...args.toSpliced(1, 0, '--root', root)]);
}

function newRoot(): string {
  return mkdtempSync(join(scratch, 'leases-'));
}
