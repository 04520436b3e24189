import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isAlive, readProcStat } from '../../../src/process/proc-stat.ts';
import type { Isolated, Isolator } from '../../../src/sandbox/isolation/isolator.ts';
import {
  namespaceWay,
  openNamespaces,
} from '../../../src/sandbox/isolation/namespace/open-namespaces.ts';
import { scratchDirectory } from '../../report/scratch.ts';
import { attemptIn, type TestAttempt } from './attempt-in.ts';
import { fileAppears } from './file-appears.ts';

const way = namespaceWay();
const skip = typeof way === 'string' ? `no namespaces here: ${way}` : false;
const scratch = scratchDirectory();
const GRACE_MS = 2_000;

async function started(
  script: string,
): Promise<{ attempt: TestAttempt; child: Isolated; isolator: Isolator }> {
  const attempt = attemptIn(scratch, ['sh', '-c', script]);
  const isolator = openNamespaces();
  return { attempt, isolator, child: await isolator.start(attempt) };
}

const initOf = (attempt: TestAttempt): number =>
  Number(readFileSync(join(attempt.dir, 'init.pid'), 'utf8'));

describe('an attempt in namespaces of its own', { skip }, () => {
  test('ends as its program did: status and signal are never confused', async () => {
    for (const [script, ending] of [
      ['exit 0', { exitCode: 0, signal: null }],
      ['exit 143', { exitCode: 143, signal: null }],
      ['exit 127', { exitCode: 127, signal: null }],
      ['kill -TERM $$', { exitCode: null, signal: 'SIGTERM' }],
      ['kill -KILL $$', { exitCode: null, signal: 'SIGKILL' }],
      ['kill -SEGV $$', { exitCode: null, signal: 'SIGSEGV' }],
    ] as const) {
      const { child } = await started(script);
      assert.deepEqual(await child.ended, ending, script);
      assert.deepEqual(await child.settle(GRACE_MS), { leaks: [], fault: null }, script);
    }
  });

  test('sees no process but its own, and its orphans are reaped', async () => {
    const { attempt, child } = await started(
      `(sh -c 'echo $$ >orphan' &); until [ -s orphan ]; do sleep 0.01; done; read orphan <orphan; i=0
       while [ $i -lt 1000 ] && [ -e /proc/$orphan ]; do i=$((i+1)); sleep 0.01; done
       grep -hs '^State:' /proc/$orphan/status; for d in /proc/[0-9]*; do cat $d/comm; done`,
    );
    await child.ended;
    const seen = attempt.stdout().trim().split('\n');
    assert.ok(seen.length <= 4 && seen.every((name) => /^(sh|sleep|cat)$/.test(name)), seen.join());
    await child.settle(GRACE_MS);
  });

  test('what it leaves is named by its namespace, whatever it gave up, and all of it ends', async () => {
    const { attempt, child } = await started(
      'env -i setsid sleep 600 </dev/null >/dev/null 2>&1 & until [ -e left ]; do ps -e -o args= >all; grep -q "^sleep 600" all && : >left; done',
    );
    assert.deepEqual(await child.ended, { exitCode: 0, signal: null });
    const init = initOf(attempt);
    assert.notEqual(readProcStat(init), null);
    const { leaks, fault } = await child.settle(GRACE_MS);
    assert.equal(fault, null);
    assert.deepEqual(
      leaks.map(({ command, endedBy }) => [command, endedBy]),
      [['sleep 600', 'SIGTERM']],
    );
    assert.ok(leaks[0]?.foundBy.includes('pid namespace'));
    assert.equal(isAlive(leaks[0]?.pid ?? 0, leaks[0]?.startTime ?? 0), false);
    assert.equal(readProcStat(init)?.state ?? 'Z', 'Z', 'init is gone with the last of them');
  });

  test('what ignores SIGTERM is killed with pid 1, with all that it forks meanwhile', async () => {
    const { child } = await started(
      `setsid sh -c 'trap "" TERM; : >ready; while :; do sleep 600 & sleep 600; done' >/dev/null 2>&1 & until [ -e ready ]; do :; done`,
    );
    await child.ended;
    const { leaks, fault } = await child.settle(100);
    assert.equal(fault, null);
    assert.ok(leaks.length > 0);
    for (const { pid, startTime } of leaks) assert.equal(isAlive(pid, startTime), false);
    assert.deepEqual(await child.members(), []);
  });

  test('has its grace: SIGTERM reaches the program, and its own end is what counts', async () => {
    const { attempt, child } = await started(
      `trap 'echo asked; exit 7' TERM; : >ready; while :; do sleep 0.05; done`,
    );
    await fileAppears(join(attempt.dir, 'ready'), child.ended);
    child.end(GRACE_MS * 5);
    assert.deepEqual(await child.ended, { exitCode: 7, signal: null });
    assert.equal(attempt.stdout(), 'asked\n');
    await child.settle(GRACE_MS);
  });

  test('one that was stopped and continued ends all the same', { timeout: 20_000 }, async () => {
    const { child } = await started(
      `(until grep -qs '^State:.T' /proc/$$/status; do :; done; kill -CONT $$) & kill -STOP $$; wait; exit 5`,
    );
    assert.deepEqual(await child.ended, { exitCode: 5, signal: null });
    await child.settle(GRACE_MS);
  });

  test('is killed when the grace is over', async () => {
    const { attempt, child } = await started(`trap '' TERM; : >ready; while :; do sleep 600; done`);
    await fileAppears(join(attempt.dir, 'ready'), child.ended);
    child.end(50);
    assert.deepEqual(await child.ended, { exitCode: null, signal: 'SIGKILL' });
    const { fault } = await child.settle(GRACE_MS);
    assert.equal(fault, null);
    assert.deepEqual(await child.members(), []);
  });

  test('a program that is not there is a refused start, not a failure of it', async () => {
    const attempt = attemptIn(scratch, ['no-such-program']);
    const child = await openNamespaces().start(attempt);
    await child.ended;
    const { refused } = await child.settle(GRACE_MS);
    assert.equal(refused?.fault.code, 'ENOENT');
    assert.match(refused?.message ?? '', /no program "no-such-program" on PATH/);
  });

  test('one that can not be run is refused, too; a status of its own is its own', async () => {
    const file = join(scratch, 'not-executable');
    writeFileSync(file, 'x', { mode: 0o644 });
    const attempt = attemptIn(scratch, [file]);
    const child = await openNamespaces().start(attempt);
    await child.ended;
    assert.equal((await child.settle(GRACE_MS)).refused?.fault.code, 'EACCES');
    const own = await started('echo "setsid: failed to execute other: No such file" >&2; exit 127');
    await own.child.ended;
    assert.equal((await own.child.settle(GRACE_MS)).refused, undefined);
  });
});
