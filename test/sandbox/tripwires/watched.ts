import { setImmediate as loopTurn } from 'node:timers/promises';
import { systemClock } from '../../../src/core/clock.ts';
import type { LaidTrip, Trip } from '../../../src/core/trip.ts';
import { TreeState } from '../../../src/sandbox/tripwires/tree-state.ts';
import type { Member } from '../../../src/process/member.ts';
import { TreeWire } from '../../../src/sandbox/tripwires/tree-wire.ts';
import { Tripwires } from '../../../src/sandbox/tripwires/tripwires.ts';
import type { WatchDirectory } from '../../../src/sandbox/tripwires/watch-directories.ts';
import type { Suspect } from '../../../src/sandbox/tripwires/presence.ts';
import { gitEnv } from './git-project.ts';

/** An attempt of one unit, which has these processes. */
export function attemptOf(unit: string, members: () => readonly Member[] = () => []): Suspect {
  return { running: () => [unit], members: async () => members() };
}

/** The tripwires around a project's tree, and all trips that were told. */
export interface Watched {
  readonly wires: Tripwires;
  readonly told: readonly Trip[];
}

export function watchTree(
  root: string,
  { env = gitEnv, watch }: { env?: Readonly<Record<string, string>>; watch?: WatchDirectory } = {},
): Watched | null {
  const state = TreeState.read(root, env);
  if (state === null) return null;
  const told: Trip[] = [];
  const wires = new Tripwires([new TreeWire(state, watch)], {
    clock: systemClock,
    onTrip: (trip) => told.push(trip),
  });
  return { wires, told };
}

/** What one attempt that does this comes to, alone, with the tree watched from before it on. */
export async function during(
  { wires }: Watched,
  unit: string,
  act: () => unknown,
): Promise<readonly LaidTrip[]> {
  const attempt = attemptOf(unit);
  wires.enter(attempt);
  await act();
  await loopTurn();
  return await wires.leave(attempt);
}

/** `kind what: change`, sorted. */
export function shown(trips: readonly Trip[]): string[] {
  return trips
    .map(
      ({ kind, what, change, undone }) => `${kind} ${what}: ${change}${undone ? ', undone' : ''}`,
    )
    .toSorted();
}
