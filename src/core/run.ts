import { decidingAttempts, type UnitResult } from './attempt.ts';
import { type UnitOutcome, zeroCounts } from './outcome.ts';
import type { FrameworkName } from './unit.ts';

/** How strongly an attempt's process tree is held, the strongest first. */
export const TIERS = ['cgroup', 'subreaper', 'group'] as const;
export type Tier = (typeof TIERS)[number];

/** What each attempt runs in. */
export type IsolationKind = 'process' | 'namespace' | 'container';

export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly total: number;
}

export interface Host {
  readonly name: string;
  readonly platform: string;
  readonly arch: string;
  readonly node: string;
  /** Processors that this process may use. */
  readonly processors: number;
  readonly memoryBytes: number;
}

/** One suite of a run: what the user asks to run, under one framework. */
export interface SuiteInfo {
  readonly name: string;
  readonly framework: FrameworkName;
  /** The framework's own version, where it could be read. */
  readonly version: string | null;
  /** Relative to the project's root, `.` for the root itself. */
  readonly root: string;
  /** One line: what was chosen and why. */
  readonly because: string;
}

/** What is known of a run when it starts. */
export interface RunInfo {
  /** UUIDv7. */
  readonly id: string;
  /** For people; never reused within a history. Null where the history can't be written. */
  readonly number: number | null;
  readonly startedAt: string;
  readonly workers: number;
  readonly tier: Tier;
  /** What each attempt ran in; runs of older versions don't say. */
  readonly isolation?: IsolationKind;
  readonly shard: Shard | null;
  /** The seed of the order among equals. */
  readonly seed: number;
  readonly host: Host;
  /** SHA-256 over the whole plan (all shards), hex. */
  readonly planHash: string;
  readonly suites: readonly SuiteInfo[];
  /** Whether what changes around the suite was watched for; runs of older versions don't say. */
  readonly watched?: boolean;
  /** The project's root, absolute. */
  readonly root: string;
  /** The owner, so that a later start can tell a live run from a dead one. */
  readonly owner: {
    readonly pid: number;
    readonly startTime: number | null;
    readonly bootId: string | null;
  };
  readonly version: string;
}

/** One count per outcome, and the sums that must agree with it. */
export type Totals = {
  /** Units planned; equals the sum of all outcomes. */
  planned: number;
  /** Tests reported by the attempt that decided each unit, the skipped ones included. */
  tests: number;
  /** Of `tests`, those that really ran (not skipped). */
  testsRun: number;
  /** Of `tests`, those that failed or errored. */
  testsFailed: number;
  /** Of `failed` and of `flaky`, those that a quarantine tolerates; left out where none is. */
  toleratedFailed?: number;
  toleratedFlaky?: number;
} & Record<UnitOutcome, number>;

/** How a run ended; as in the event `run-finished`. */
export interface RunEnd {
  readonly totals: Totals;
  /** Milliseconds by the monotonic clock. */
  readonly durationMs: number;
  readonly exitCode: number;
  /** Why the run ended before its units did, if so. */
  readonly stopped: string | null;
}

/** Totals with nothing counted yet. */
export function emptyTotals(): Totals {
  return { planned: 0, tests: 0, testsRun: 0, testsFailed: 0, ...zeroCounts() };
}

/** Counts one finished unit into the totals, in place. */
export function countUnit(totals: Totals, unit: UnitResult): void {
  totals.planned += 1;
  totals[unit.outcome] += 1;
  if (unit.tolerated?.whole === true) {
    if (unit.outcome === 'failed') totals.toleratedFailed = (totals.toleratedFailed ?? 0) + 1;
    if (unit.outcome === 'flaky') totals.toleratedFlaky = (totals.toleratedFlaky ?? 0) + 1;
  }
  const tests = decidingAttempts(unit.attempts).at(-1)?.tests ?? [];
  totals.tests += tests.length;
  for (const test of tests) {
    if (test.outcome !== 'skipped') totals.testsRun += 1;
    if (test.outcome === 'failed' || test.outcome === 'errored') totals.testsFailed += 1;
  }
}
