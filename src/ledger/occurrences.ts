import { type Attempt, isExcused, type UnitResult } from '../core/attempt.ts';
import type { Occurrence, OccurrenceKind } from '../history/occurrence.ts';
import { type Failure, failuresOf } from './failure.ts';
import { signatureOf } from './signature/signature.ts';

/** So many failures of one unit get a signature; what breaks all of a file's tests is one fault. */
export const MOST_OF_A_UNIT = 100;

/** A result is asked for twice: by what tolerates, and by what records. */
const known = new WeakMap<readonly Attempt[], readonly Occurrence[]>();

/**
 * The failures of a unit with their signatures, the first {@link MOST_OF_A_UNIT}, in the order of
 * its attempts.
 *
 * @param root the project's root in that run, absolute
 */
export function occurrencesOf(unit: UnitResult, root: string): readonly Occurrence[] {
  const before = known.get(unit.attempts);
  if (before !== undefined) return before;
  const occurrences = failuresOf(unit, { root })
    .slice(0, MOST_OF_A_UNIT)
    .map((failure): Occurrence => {
      const { id, text } = signatureOf(failure);
      const { path, attemptId, test, occurrence } = failure;
      return {
        signature: id,
        text,
        kind: kindOf(failure, unit),
        path,
        attemptId,
        test: test === null ? null : { name: test, occurrence: occurrence ?? 1 },
        gotcha: null,
      };
    });
  known.set(unit.attempts, occurrences);
  return occurrences;
}

function kindOf(failure: Failure, unit: UnitResult): OccurrenceKind {
  const at = unit.attempts.findIndex(({ id }) => id === failure.attemptId);
  const attempt = unit.attempts[at];
  if (attempt !== undefined && isExcused(attempt)) return 'excused';
  if (unit.outcome === 'flaky') return 'flake';
  const passed = unit.attempts
    .slice(at)
    .some((later) =>
      later.tests.some(
        ({ name, occurrence, outcome }) =>
          name === failure.test && occurrence === failure.occurrence && outcome === 'passed',
      ),
    );
  return passed ? 'flake' : 'failure';
}
