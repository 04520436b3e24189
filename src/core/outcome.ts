/**
 * What one attempt came to. A closed union: every ending of an attempt maps to exactly one of
 * these, and every planned unit ends in exactly one of {@link UNIT_OUTCOMES}.
 */
export const ATTEMPT_OUTCOMES = [
  /** Every test that ran passed, the exit status agrees, nothing stayed behind. */
  'passed',
  /** At least one test reported a failure, and the exit status agrees. */
  'failed',
  /** The framework could not load the unit or set it up. */
  'errored',
  /** Died by a signal that was not sent by us. */
  'crashed',
  /** Ended by us: it made no progress (output, results, CPU, I/O) over a whole window. */
  'hung',
  /** Ended by us over its time limit, while it still made progress. */
  'timed-out',
  /** All tests passed, but a process, a port or the like stayed behind. */
  'leaked',
  /** The unit ran to its end and reported no test at all. */
  'no-tests',
  /** Two truths disagree, such as exit status 0 with a reported failure. */
  'contradicted',
  /** The working tree changed under the suite. */
  'tree-mutated',
  /** The kernel refused to start it. */
  'spawn-failed',
  /** A resource it needs could not be leased. */
  'blocked',
  /** Ended by us on an interrupt or a circuit breaker, or never started because of one. */
  'cancelled',
  /**
   * Pindown died while it ran, or before it could start; found on the next start. Or that part of
   * Pindown died that had forked it, and could have said how it ended.
   */
  'lost',
] as const;

export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/**
 * What a unit came to: `passed`, `flaky` (its attempts disagree, or those of one of its tests
 * under the framework's own retries), `skipped` (the framework says that all of its tests were
 * skipped), or what its last attempt came to.
 */
export type UnitOutcome = AttemptOutcome | 'flaky' | 'skipped';

export const UNIT_OUTCOMES: readonly UnitOutcome[] = [...ATTEMPT_OUTCOMES, 'flaky', 'skipped'];

/** What one test came to, as its framework reports it. `errored`: its set-up or teardown failed. */
export const TEST_OUTCOMES = ['passed', 'failed', 'errored', 'skipped'] as const;

export type TestOutcome = (typeof TEST_OUTCOMES)[number];

/** Whether a unit of this outcome leaves the suite green (flaky is green unless policy says no). */
export function isGreen(outcome: UnitOutcome): boolean {
  return outcome === 'passed' || outcome === 'flaky' || outcome === 'skipped';
}

/** A count for each unit outcome, all zero. */
export function zeroCounts(): Record<UnitOutcome, number> {
  return Object.fromEntries(UNIT_OUTCOMES.map((outcome) => [outcome, 0])) as Record<
    UnitOutcome,
    number
  >;
}
