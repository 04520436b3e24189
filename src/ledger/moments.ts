import { type Trip, TRIP_KINDS } from '../core/trip.ts';
import type { RunRef, TripRecord } from '../history/history.ts';

/** A moment at which something was tripped. */
export interface Moment {
  readonly run: RunRef;
  /** Who may be behind it by what was seen; null where nobody knows when in the run it was. */
  readonly running: ReadonlySet<string> | null;
  /** The unit that was caught at it: its process was seen, or it was the only one that ran. */
  readonly caught: string | null;
  readonly trip: Trip;
}

/** One thing, by its kind and its name, and when it was tripped, in order. */
export interface Tripped {
  readonly kind: Trip['kind'];
  readonly what: string;
  readonly moments: readonly Moment[];
}

/**
 * What was tripped: the suite's own (`HEAD`, what is staged, its files) before what others may have
 * touched as well, and of each kind the latest first. Several trips of one thing in one run while the same units
 * ran are one moment: they are hardly independent of each other. That a thing was put back tells
 * nothing of who had changed it.
 */
export function trippedThings(records: readonly TripRecord[]): readonly Tripped[] {
  const things = new Map<string, { thing: Tripped; moments: Map<string, Moment> }>();
  for (const { run, trip } of records) {
    if (trip.change === 'restored') continue;
    const { kind, what } = trip;
    const key = `${kind} ${what}`;
    const { thing, moments } = things.get(key) ?? {
      thing: { kind, what, moments: [] },
      moments: new Map<string, Moment>(),
    };
    const moment = momentOf(run, trip);
    const same = JSON.stringify([run.id, moment.running && [...moment.running].toSorted()]);
    if (!moments.has(same)) moments.set(same, moment);
    // Again, so that the latest stands last.
    things.delete(key);
    things.set(key, { thing, moments });
  }
  return [...things.values()]
    .map(({ thing, moments }) => ({ ...thing, moments: [...moments.values()] }))
    .toReversed()
    .toSorted((one, other) => TRIP_KINDS.indexOf(one.kind) - TRIP_KINDS.indexOf(other.kind));
}

function momentOf(run: RunRef, trip: Trip): Moment {
  const { culprit, running, at } = trip;
  if (culprit !== null) return { run, trip, running: new Set([culprit]), caught: culprit };
  return { run, trip, running: at === null ? null : new Set(running), caught: null };
}
