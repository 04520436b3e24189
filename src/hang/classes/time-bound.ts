import type { ObservedProcess } from '../observe/observation.ts';
import type { Scene } from './hang-class.ts';
import { isAncestor } from './idle.ts';
import { onlySleeps, type Pace, paces, passers } from './pace.ts';

/** A pace at which a process waits for a time. */
type TimedPace = Extract<Pace, { readonly kind: 'sleeps' | 'timers' | 'polls' }>;

/** A process that waits for a time and for nothing else. */
export interface TimeBound {
  readonly process: ObservedProcess;
  readonly pace: TimedPace;
}

/**
 * Those that wait for a time, of a tree in which everybody else waits for others of it: nothing but
 * the time moves it. None where anybody does something else, or is waited for from elsewhere. Who is
 * below another comes first: it is what that one waits for.
 */
export function timeBound(scene: Scene): TimeBound[] {
  if (!onlySleeps(scene, passers(scene))) return [];
  const all = paces(scene);
  if (all.some(({ pace }) => pace.kind === 'other')) return [];
  const bound = all.flatMap(({ activity: { process }, pace }): TimeBound[] =>
    pace.kind === 'sleeps' || pace.kind === 'timers' || pace.kind === 'polls'
      ? [{ process, pace }]
      : [],
  );
  return bound.toSorted(
    (a, b) =>
      Number(isAncestor(scene, a.process.pid, b.process.pid)) -
      Number(isAncestor(scene, b.process.pid, a.process.pid)),
  );
}

/** A sleep or a timer that is further away than this is no short pause between two steps. */
const LONG_MS = 10_000;

/** Whether it is one long sleep rather than one of many short ones. */
export function isLongSleep(pace: TimedPace): boolean {
  return pace.kind === 'sleeps' && (pace.limitMs === null || pace.limitMs >= LONG_MS);
}
