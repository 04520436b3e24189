import type { AttemptOutcome, TestOutcome, UnitOutcome } from './outcome.ts';
import type { FrameworkName, Unit } from './unit.ts';
import type { Verdict } from './verdict.ts';

/** Where a test stands or where it failed; `file` is relative to the project's root if inside. */
export interface Location {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
}

/** One test inside a unit, as its framework reports it. */
export interface TestResult {
  /** The whole name, outermost first, joined by ` > `; parameters included. */
  readonly name: string;
  /** 1 for the first test of this name in its unit, 2 for the second, and so on. */
  readonly occurrence: number;
  readonly outcome: TestOutcome;
  /** Milliseconds; null where the framework does not say. */
  readonly durationMs: number | null;
  /** Of a failure: its message and stack. Of a skipped test: the reason, if any. */
  readonly message: string | null;
  readonly location: Location | null;
  /**
   * The messages of its tries that failed before the one that is told here, in order, where the
   * framework itself tries tests again (`jest.retryTimes`); left out where there was none.
   */
  readonly failedTries?: readonly string[];
}

/** Something that stayed behind after an attempt, with its owner. */
export interface Leak {
  readonly kind: 'process';
  readonly pid: number;
  /** Clock ticks since boot (`/proc/PID/stat`, field 22); null where it can't be read. */
  readonly startTime: number | null;
  /** The command line, its parts joined by spaces, cut after 500 characters. */
  readonly command: string;
  /** How it was recognised as ours, such as `process group` or `holds stdout`. */
  readonly foundBy: readonly string[];
  /** Its ancestors when it was found, the nearest first. */
  readonly parents: readonly { readonly pid: number; readonly command: string }[];
  /** Where it listened: `tcp 127.0.0.1:8080`; at most 20. */
  readonly ports: readonly string[];
  /** Its open descriptors and where they lead: `3: /tmp/x`, `4: socket:[123]`; at most 20. */
  readonly files: readonly string[];
  /** How it was ended: `SIGTERM`, `SIGKILL`, or why it could not be. */
  readonly endedBy: string;
}

/** The rule by which another attempt was made after this one, and its proof. */
export interface RetryNote {
  readonly rule: string;
  readonly because: string;
}

/** One execution of one unit, whole, as every sink and the report see it. */
export interface Attempt {
  /** UUIDv7, never reused. */
  readonly id: string;
  readonly unitId: string;
  /** 1 for a unit's first attempt in this run. */
  readonly number: number;
  readonly outcome: AttemptOutcome;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** ISO 8601, UTC, milliseconds; null where it never started. */
  readonly startedAt: string | null;
  /** Milliseconds by the monotonic clock; 0 where it never started. */
  readonly durationMs: number;
  /** One sentence: the observation that decided the outcome. */
  readonly reason: string;
  readonly tests: readonly TestResult[];
  /** Failures that belong to no single test: load, set-up, teardown, an unhandled error. */
  readonly errors: readonly string[];
  readonly retry: RetryNote | null;
  readonly leaks: readonly Leak[];
  readonly verdict: Verdict | null;
  /** Paths relative to the run's directory; absolute where they lie outside of it. */
  readonly evidence: readonly string[];
  /** The stable small number of the worker's slot that ran it; null where it never started. */
  readonly slot: number | null;
  /** How many units shared its process; 1 for a process of its own. */
  readonly batchSize: number;
}

/** A failure that an entry of the ledger tolerates for a while. */
export interface Toleration {
  readonly attemptId: string;
  /** The test's whole name, and which of that name in its unit. */
  readonly test: string;
  readonly occurrence: number;
  readonly signature: string;
  /** The entry's name. */
  readonly gotcha: string;
  readonly owner: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly until: string;
}

/** A unit with all of its attempts, as soon as no further attempt will be made. */
export interface UnitResult {
  readonly id: string;
  readonly suite: string;
  readonly framework: FrameworkName;
  readonly path: string;
  readonly outcome: UnitOutcome;
  /** Milliseconds over all attempts. */
  readonly durationMs: number;
  readonly attempts: readonly Attempt[];
  /** What of its failures is tolerated, and whether that is all of them; left out where none is. */
  readonly tolerated?: {
    readonly whole: boolean;
    readonly failures: readonly Toleration[];
  };
}

/** Attempts that say nothing of the unit: it had not come to its end when they were cut off. */
const CUT_OFF: ReadonlySet<AttemptOutcome> = new Set(['cancelled', 'lost']);

/** It was run again since a rule proved that not it but the environment had failed. */
export function isExcused({ retry }: Pick<Attempt, 'retry'>): boolean {
  return retry !== null;
}

/**
 * The attempts that decide what their unit came to: those that were cut off and those that a rule
 * excused don't count, unless there are no others, so that what a unit had come to before its retry
 * was interrupted stands.
 */
export function decidingAttempts(attempts: readonly Attempt[]): readonly Attempt[] {
  const whole = attempts.filter(({ outcome }) => !CUT_OFF.has(outcome));
  const counted = whole.filter((attempt) => !isExcused(attempt));
  return [counted, whole, attempts].find(({ length }) => length > 0) ?? attempts;
}

/** Whether the framework itself tried the test again because it had failed. */
export function failedBefore(test: TestResult): boolean {
  return test.failedTries !== undefined && test.failedTries.length > 0;
}

/** The outcome of a unit from its attempts, in order. */
function unitOutcome(attempts: readonly Attempt[]): UnitOutcome {
  const deciding = decidingAttempts(attempts);
  const last = deciding.at(-1);
  if (last === undefined) return 'cancelled';
  if (last.outcome !== 'passed') return last.outcome;
  if (deciding.some(({ outcome }) => outcome !== 'passed')) return 'flaky';
  if (last.tests.some(failedBefore)) return 'flaky';
  const ran = last.tests.some(({ outcome }) => outcome !== 'skipped');
  return !ran && last.tests.length > 0 ? 'skipped' : 'passed';
}

/** The result of a unit from its attempts. */
export function unitResult(unit: Unit, attempts: readonly Attempt[]): UnitResult {
  return {
    id: unit.id,
    suite: unit.suite,
    framework: unit.framework,
    path: unit.path,
    outcome: unitOutcome(attempts),
    durationMs: attempts.reduce((sum, attempt) => sum + attempt.durationMs, 0),
    attempts,
  };
}
