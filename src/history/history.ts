import type { Attempt, UnitResult } from '../core/attempt.ts';
import type { UnitOutcome } from '../core/outcome.ts';
import type { RunEnd, RunInfo } from '../core/run.ts';
import type { Trip } from '../core/trip.ts';
import type { FrameworkName } from '../core/unit.ts';
import type { Case, Occurrence } from './occurrence.ts';
import type { Interval } from './wilson.ts';

/**
 * What is remembered over runs. One store a project; several processes may have it open at once.
 * Every method may throw a `PindownError` (`history-busy`, `history-corrupt`, `history-full`,
 * `history-read-only`, `history-failed`): a run goes on without its history then and says so.
 * Writing is idempotent by the ids, so that what a killed run left behind can be imported again.
 */
export interface History {
  /**
   * Opens a run and gives its number. A run that is already known keeps the number that it has. A
   * number that comes with the run (an import) is kept unless another run has it.
   */
  beginRun(run: NewRun): number;
  /** Records finished units in one transaction; a unit that is there already is replaced. */
  recordUnits(runId: string, units: readonly UnitResult[]): void;
  /**
   * Records what changed around the suite, in the order in which the run told of it; what stands
   * there already is kept, so that a replay adds nothing.
   *
   * @param first how many the run told of before these
   */
  recordTrips(runId: string, first: number, trips: readonly Trip[]): void;
  /** Records the failures of finished units, by unit id; those of a unit replace what it had. */
  recordOccurrences(runId: string, byUnit: ReadonlyMap<string, readonly Occurrence[]>): void;
  finishRun(runId: string, end: RunEnd): void;

  /**
   * What each unit takes, in milliseconds: its last {@link DURATION_SAMPLES} clean attempts, the
   * latest first. Clean is an attempt that passed, whatever became of the others: neither a
   * retry's wall time nor the time until a kill is in it. Of attempts in a process of their own
   * and attempts in a shared one (no start-up in it), the shared ones stand where there are any.
   */
  durations(): ReadonlyMap<string, readonly number[]>;
  /** The durations that came from elsewhere, by unit id; the newest import of a unit wins. */
  importedDurations(): ReadonlyMap<string, readonly number[]>;
  /** Takes durations in under a name of their own; replaces what that source gave before. */
  importDurations(source: string, durations: ReadonlyMap<string, readonly number[]>): void;
  /** What each unit came to when it last came to a result (see {@link WITHOUT_RESULT}). */
  lastOutcomes(): ReadonlyMap<string, UnitOutcome>;
  /** How many tests each unit reported when it last passed or failed by its own word. */
  testCounts(): ReadonlyMap<string, number>;

  /** The latest runs first. */
  runs(limit: number): readonly RunRecord[];
  run(idOrNumber: string | number): RunRecord | null;
  /** Every unit ever recorded, sorted by id. */
  units(): readonly KnownUnit[];
  /** The latest results of a unit, the latest first; several units may have one path. */
  unitHistory(idOrPath: string, limit: number): readonly UnitRecord[];
  attempt(idOrPrefix: string): AttemptLookup;
  /**
   * What was flaky in the latest `runs` runs, units and tests, the surest first: by the lower end
   * of the rate's interval, then by when it was last seen.
   */
  flaky(options: { readonly runs: number }): readonly Flake[];
  /** What changed around the suite in the latest `runs` runs, in the order in which it was told. */
  trips(options: { readonly runs: number }): readonly TripRecord[];
  /**
   * Of the latest `runs` runs those that watched for changes around the suite, the earliest first:
   * how long each of their units ran.
   */
  exposures(options: { readonly runs: number }): readonly Exposure[];
  /** What was seen of each fault, of these signatures or of all; the latest met first. */
  cases(signatures: readonly string[] | null): readonly Case[];
  /** The failures of an attempt, by its whole id, in order. */
  occurrences(attemptId: string): readonly Occurrence[];

  close(): void;
}

/** How many clean attempts of a unit are given to the plan. */
export const DURATION_SAMPLES = 20;

/** Unit outcomes that say nothing about the unit: it was never really asked. */
export const WITHOUT_RESULT: readonly UnitOutcome[] = [
  'spawn-failed',
  'blocked',
  'cancelled',
  'lost',
];

export type NewRun = Omit<RunInfo, 'number'> & { readonly number?: number | null };

export interface RunRecord {
  readonly info: RunInfo & { readonly number: number };
  /** Null while the run goes on, and for a run that died and was not closed yet. */
  readonly end: RunEnd | null;
  /** The units recorded so far, by outcome. */
  readonly counts: Readonly<Record<UnitOutcome, number>>;
}

export interface KnownUnit {
  readonly id: string;
  readonly suite: string;
  readonly framework: FrameworkName;
  readonly path: string;
}

/** In which run something was seen. */
export interface RunRef {
  readonly id: string;
  readonly number: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

export interface UnitRecord {
  readonly run: RunRef;
  readonly unit: UnitResult;
}

export type AttemptLookup =
  | {
      readonly kind: 'found';
      readonly run: RunRef;
      readonly unit: KnownUnit;
      readonly attempt: Attempt;
    }
  /** Several ids begin so; at most ten of them. */
  | { readonly kind: 'ambiguous'; readonly ids: readonly string[] }
  | { readonly kind: 'unknown' };

/** A unit or a test that failed and passed within one run. */
export interface Flake {
  readonly unit: KnownUnit;
  /** Null for the unit as a whole. */
  readonly test: { readonly name: string; readonly occurrence: number } | null;
  /** Attempts that really ran it; of a test, each try that its framework made in them. */
  readonly attempts: number;
  /** Of these, the ones that failed in a run in which another passed. */
  readonly failures: number;
  readonly flakyRuns: number;
  /** Runs in which it came to a result. */
  readonly runs: number;
  /** `flakyRuns / runs`. */
  readonly rate: number;
  readonly interval: Interval;
  readonly lastSeen: RunRef;
  /** Two attempts of that run, to lay side by side; one, where its framework tried again in it. */
  readonly passingAttempt: string;
  readonly failingAttempt: string;
}

export interface TripRecord {
  readonly run: RunRef;
  readonly trip: Trip;
}

/** How long a run had the opportunity to change something around it. */
export interface Exposure {
  readonly run: RunRef;
  /** From its first attempt's start to its last one's end, milliseconds. */
  readonly ms: number;
  /** Every unit of which an attempt was started; by id. */
  readonly units: ReadonlyMap<string, { readonly ms: number; readonly attempts: number }>;
}
