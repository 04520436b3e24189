import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setImmediate as loopTurn } from 'node:timers/promises';
import { systemClock } from '../../../src/core/clock.ts';
import { readProcStat } from '../../../src/process/proc-stat.ts';
import type { Trip } from '../../../src/core/trip.ts';
import type { Member } from '../../../src/process/member.ts';
import { TreeState } from '../../../src/sandbox/tripwires/tree-state.ts';
import { TreeWire } from '../../../src/sandbox/tripwires/tree-wire.ts';
import { Tripwires } from '../../../src/sandbox/tripwires/tripwires.ts';
import { gitEnv, repositoryOf } from './git-project.ts';
import { attemptOf } from './watched.ts';

/** Opens `a.txt` in that way and goes on to do nothing, as one of two attempts. */
async function seenWith(redirection: string): Promise<readonly Trip[]> {
  const dir = repositoryOf({ 'a.txt': 'a\n' });
  const script = `exec 3${redirection}a.txt; echo ready; read -r line`;
  const child = spawn('sh', ['-c', script], { cwd: dir, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    await once(child.stdout, 'data');
    return await changedBeside(dir, child.pid ?? 0);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

/** What is told of a change of `a.txt` while that process is one of two attempts. */
async function changedBeside(dir: string, pid: number): Promise<readonly Trip[]> {
  const told: Trip[] = [];
  const state = TreeState.read(dir, gitEnv);
  assert.ok(state !== null);
  const startTime = readProcStat(pid)?.startTime ?? null;
  const member: Member = { pid, startTime, command: 'sh', parent: process.pid, foundBy: [] };
  const wires = new Tripwires([new TreeWire(state)], {
    clock: systemClock,
    onTrip: (trip) => told.push(trip),
  });
  const [a, b] = [attemptOf('a', () => [member]), attemptOf('b')];
  for (const attempt of [a, b]) wires.enter(attempt);
  writeFileSync(join(dir, 'a.txt'), 'other');
  await loopTurn();
  const [laid] = await wires.leave(b);
  assert.equal(laid?.own, laid?.trip.process === null ? null : false);
  await wires.leave(a);
  await wires.close();
  return told;
}

describe('who is at a file', () => {
  for (const redirection of ['>>', '<>']) {
    test(`one that has it open for writing (${redirection}) is`, async () => {
      const [trip] = await seenWith(redirection);
      assert.equal(trip?.culprit, 'a');
      assert.equal(trip.process?.parents[0]?.pid, process.pid);
    });
  }

  test('one that only reads it is not', async () => {
    const [trip] = await seenWith('<');
    assert.deepEqual([trip?.culprit, trip?.process], [null, null]);
    assert.deepEqual(trip?.running, ['a', 'b']);
  });
});
