import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as loopTurn } from 'node:timers/promises';
import type { Trip } from '../../../src/core/trip.ts';
import type { Member } from '../../../src/process/member.ts';
import { Tripwires } from '../../../src/sandbox/tripwires/tripwires.ts';
import type { Change, Wire } from '../../../src/sandbox/tripwires/wire.ts';
import { attemptOf } from './watched.ts';

const GIT: Member = { pid: 1, startTime: 1, command: 'git checkout x', parent: null, foundBy: [] };

/** A wire of which the test says what changes; every change stays. */
class PlayedWire implements Wire {
  readonly faults: readonly string[] = [];
  change: (change: Change) => void = () => {};

  arm(onChange: (change: Change) => void): void {
    this.change = onChange;
  }

  look(): readonly Change[] {
    return [];
  }

  verify(changes: readonly Change[]): ReadonlyMap<Change, { change: 'changed'; undone: boolean }> {
    return new Map(changes.map((change) => [change, { change: 'changed', undone: false }]));
  }

  isKnownFor(_change: Change, command: string): boolean {
    return command.startsWith('git');
  }

  disarm(): void {}
}

interface Played {
  /** Who is told to be behind HEAD. */
  readonly culprit: string | null | undefined;
}

/** A file changes while git is seen, an attempt ends, and then HEAD moves, of which nobody is seen. */
async function play(laterMs: number): Promise<Played> {
  let now = 0;
  const clock = { wall: () => now, monotonic: () => now };
  const told: Trip[] = [];
  const wire = new PlayedWire();
  const wires = new Tripwires([wire], { clock, onTrip: (trip) => told.push(trip) });
  let git: readonly Member[] = [GIT];
  const [culprit, victim, other] = [
    attemptOf('culprit', () => git),
    attemptOf('victim'),
    attemptOf('other'),
  ];
  for (const suspect of [culprit, victim, other]) wires.enter(suspect);
  wire.change({ kind: 'tree', what: 'data.txt', files: [] });
  await loopTurn();
  await wires.leave(victim);
  git = [];
  now += laterMs;
  wire.change({ kind: 'head', what: 'HEAD', files: [] });
  await wires.leave(culprit);
  await wires.leave(other);
  await wires.close();
  return { culprit: told.find(({ kind }) => kind === 'head')?.culprit };
}

describe('what one command does in one go', () => {
  test('is laid at it as a whole, also where an attempt ended in the middle', async () => {
    assert.equal((await play(50)).culprit, 'culprit');
  });

  test('and what came much later is not', async () => {
    assert.equal((await play(60_000)).culprit, null);
  });
});
