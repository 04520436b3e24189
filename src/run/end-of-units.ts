import type { Leak } from '../core/attempt.ts';
import type { Ending } from '../core/ending.ts';
import type { LaidTrip } from '../core/trip.ts';
import type { Unit } from '../core/unit.ts';
import type { Collected } from '../frameworks/framework.ts';
import type { EndedByUs, Ran } from '../outcome/judge.ts';

/** What is known when a job's process has ended and settled. */
export interface JobEnd {
  readonly ending: Ending;
  /** Why we ended it, if we did. */
  readonly cause: EndedByUs | null;
  /** The unit whose limit was over; null where it was the process's own, or none. */
  readonly culprit: string | null;
  readonly leaks: readonly Leak[];
  readonly collected: ReadonlyMap<string, Collected>;
  readonly lastLine: string | null;
  /** What changed around it while it ran. */
  readonly trips: readonly LaidTrip[];
}

/** How far the units of a job had come, as seen while it ran; ids. */
export interface JobProgress {
  /** Begun, and not reported over. */
  readonly running: ReadonlySet<string>;
  /** Reported over while the process went on, in that order. */
  readonly reported: readonly string[];
}

/** What the end of the process means for one of its units; null gives it back to the queue. */
export type UnitEnd = Ran | null;

/** Its part that the end of the process decides. */
type OwnEnd = Omit<Ran, 'trips' | 'file'>;

/** Of a unit of which nothing could be read. */
export const NO_RESULTS: Collected = {
  begun: false,
  ended: false,
  tests: [],
  errors: [],
  unseen: null,
  exitAgrees: true,
  refused: [],
};

/**
 * Lays the end of a job's process at its units.
 *
 * A process of one unit is that unit's. In a batch, a crash is laid at what ran, a limit that was
 * over at the unit whose it was, and the others that ran are cancelled. What had been reported
 * over by then keeps its own result; only where nothing ran any more does the end of the process
 * speak against it: an exit status that nothing explains against all, a signal, a limit or what
 * stayed behind against the one that was reported last. What never began is given back, unless
 * nothing began at all.
 */
export function endOfUnits(
  units: readonly Unit[],
  shared: boolean,
  progress: JobProgress,
  end: JobEnd,
): ReadonlyMap<string, UnitEnd> {
  const reported = new Set(progress.reported);
  const last = progress.reported.at(-1);
  const holder = holderOf(units, progress, end);
  const nothingBegan = progress.running.size + reported.size === 0;
  const ends = new Map<string, UnitEnd>();
  for (const { id, path } of units) {
    const results = end.collected.get(id) ?? NO_RESULTS;
    const own = { ...end, leaks: id === holder ? end.leaks : [] };
    let unitEnd: OwnEnd | null = null;
    if (!shared) unitEnd = ran(results, own);
    else if (reported.has(id)) unitEnd = ranToItsEnd(results, own, progress, id === last);
    else if (progress.running.has(id) || results.begun || nothingBegan) {
      unitEnd = wasCutOff(results, own, id, pathsBeside(units, progress, id));
    }
    const trips = end.trips.flatMap((laid) => tripOfUnit(laid, id));
    ends.set(id, unitEnd === null ? null : { ...unitEnd, trips, file: path });
  }
  return ends;
}

/** What ran beside it in the same process may be behind what was laid at the process. */
function tripOfUnit(laid: LaidTrip, id: string): LaidTrip[] {
  const { trip, own, before } = laid;
  if (before) return [laid];
  if (!trip.running.includes(id)) return [];
  const its = trip.culprit === null ? null : trip.culprit === id;
  return [{ trip, own: own === true ? its : own, before }];
}

/**
 * Whose attempt names what the process left behind: the culprit's or the first that ran at its end,
 * else the one that was reported last.
 */
function holderOf(units: readonly Unit[], progress: JobProgress, end: JobEnd): string | undefined {
  if (end.culprit !== null && progress.running.has(end.culprit)) return end.culprit;
  const [running] = progress.running;
  return running ?? progress.reported.at(-1) ?? units[0]?.id;
}

function ranToItsEnd(
  results: Collected,
  end: JobEnd,
  progress: JobProgress,
  last: boolean,
): OwnEnd {
  const stillRunning = progress.running.size > 0;
  const speaks = !stillRunning && end.cause === null && (end.ending.signal === null || last);
  const blamed = !stillRunning && isBlamed(end.cause) && last;
  return ran(results, {
    ending: speaks || blamed ? end.ending : null,
    cause: blamed ? end.cause : null,
    leaks: end.leaks,
    lastLine: null,
  });
}

/** Whether it was ended for what one of its units did or did not do. */
function isBlamed(cause: EndedByUs | null): boolean {
  return cause?.kind === 'time-limit' || cause?.kind === 'standstill';
}

function wasCutOff(
  results: Collected,
  end: JobEnd,
  id: string,
  ranBeside: readonly string[],
): OwnEnd {
  const neighbours = isBlamed(end.cause) && end.culprit !== null && end.culprit !== id;
  const cause: EndedByUs | null = neighbours
    ? {
        kind: 'cancelled',
        because: `its process was ended because ${end.culprit} ${end.cause?.kind === 'standstill' ? 'hung' : 'was over its limit'}`,
      }
    : end.cause;
  return { ...ran(results, { ...end, cause }), ranBeside };
}

/** The paths of the units that ran at the same moment in the same process. */
function pathsBeside(units: readonly Unit[], progress: JobProgress, id: string): string[] {
  return units
    .filter((unit) => unit.id !== id && progress.running.has(unit.id))
    .map(({ path }) => path);
}

function ran(
  results: Collected,
  end: Pick<JobEnd, 'cause' | 'leaks' | 'lastLine'> & { readonly ending: Ending | null },
): OwnEnd {
  return {
    kind: 'ran',
    ending: end.ending,
    endedByUs: end.cause,
    begun: results.begun,
    ended: results.ended,
    tests: results.tests,
    errors: results.errors,
    unseen: results.unseen,
    exitAgrees: results.exitAgrees,
    leaks: end.leaks,
    ranBeside: [],
    lastLine: end.lastLine,
  };
}
