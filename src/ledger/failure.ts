import type { Attempt, TestResult, UnitResult } from '../core/attempt.ts';
import type { AttemptOutcome, TestOutcome } from '../core/outcome.ts';

/** One failure, with everything that its signature is made from. */
export interface Failure {
  readonly unitId: string;
  /** The unit's path, relative to the project's root. */
  readonly path: string;
  readonly attemptId: string;
  /** Null for a failure of the unit itself. */
  readonly test: string | null;
  /** 1 for the first test of its name in the unit; null for the unit itself. */
  readonly occurrence: number | null;
  readonly outcome: AttemptOutcome | TestOutcome;
  /** What killed the attempt, where that is the failure. */
  readonly signal: string | null;
  /** Message and stack, as the framework or Pindown tells them. */
  readonly message: string;
  /** The project's root in that run, absolute: machines differ in it. */
  readonly root: string;
}

/** Attempts that say nothing of the unit. */
const SAYS_NOTHING: ReadonlySet<AttemptOutcome> = new Set(['passed', 'cancelled', 'lost']);

/** Endings that its tests' failures never explain, although they may be the fault's effect. */
const NEVER_EXPLAINED: ReadonlySet<AttemptOutcome> = new Set([
  'crashed',
  'hung',
  'timed-out',
  'leaked',
  'tree-mutated',
]);

/**
 * Every failure in a unit's attempts, in order: those of its tests, each try of them by their
 * framework's own retries, and those of the unit itself that no test explains.
 */
export function failuresOf(
  unit: UnitResult,
  { root }: { readonly root: string },
): readonly Failure[] {
  return unit.attempts.flatMap((attempt) => failuresOfAttempt(unit, attempt, root));
}

function failuresOfAttempt(unit: UnitResult, attempt: Attempt, root: string): Failure[] {
  const base = { unitId: unit.id, path: unit.path, attemptId: attempt.id, root };
  const ofTests = attempt.tests.flatMap((test) =>
    messagesOf(test).map(({ outcome, message }): Failure => {
      const { name, occurrence } = test;
      return { ...base, test: name, occurrence, outcome, signal: null, message };
    }),
  );
  if (SAYS_NOTHING.has(attempt.outcome)) return ofTests;
  const explained =
    ofTests.length > 0 && attempt.errors.length === 0 && !NEVER_EXPLAINED.has(attempt.outcome);
  if (explained) return ofTests;
  const own: Failure = {
    ...base,
    test: null,
    occurrence: null,
    outcome: attempt.outcome,
    signal: attempt.outcome === 'crashed' ? attempt.signal : null,
    message: ownMessage(attempt),
  };
  return [...ofTests, own];
}

function messagesOf(test: TestResult): { outcome: TestOutcome; message: string }[] {
  const tries = (test.failedTries ?? []).map((message) => ({
    outcome: 'failed' as const,
    message,
  }));
  if (test.outcome !== 'failed' && test.outcome !== 'errored') return tries;
  return [...tries, { outcome: test.outcome, message: test.message ?? '' }];
}

/** What was said outside of any test; else what Pindown found out about it. */
function ownMessage({ errors, leaks, outcome, reason, verdict }: Attempt): string {
  // What was asserted before it hung is another fault; what it waited for is this one.
  if (verdict?.signature !== undefined) return verdict.signature;
  if (outcome === 'leaked') return leaks.map(({ command }) => `left behind: ${command}`).join('\n');
  if (errors.length > 0) return errors.join('\n');
  if (verdict !== null && verdict.class !== 'unknown') return verdict.class;
  return reason;
}
