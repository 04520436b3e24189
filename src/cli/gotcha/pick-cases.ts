import { didYouMean } from '../../core/did-you-mean.ts';
import { usageError } from '../../core/errors.ts';
import type { Case, Occurrence } from '../../history/occurrence.ts';
import { siteName } from '../../ledger/policy.ts';
import { findTarget } from '../history/find-target.ts';
import { readHistory } from '../history/read-history.ts';
import type { Io } from '../io.ts';

/** A signature, or the beginning of one: `s1:` and at least four digits. */
const SIGNATURE = /^s\d+:[0-9a-f]{4,16}$/;

/** How far back a unit's failures are looked for. */
const RUNS = 50;

/**
 * The faults that a name stands for: a signature or the beginning of one, an attempt's id or the
 * beginning of one, or a unit, of which the latest attempt that failed counts.
 *
 * @param test only the failures of tests whose names contain this
 * @throws PindownError `no-failure` where there is none
 */
export async function pickCases(
  name: string,
  test: string | null,
  io: Io,
): Promise<readonly Case[]> {
  return await readHistory(io, ({ history, root }) => {
    if (SIGNATURE.test(name)) {
      const cases = history.cases(null);
      const found = cases.filter(
        (one) => one.signature.startsWith(name) && (test === null || isAt(one, test)),
      );
      if (found.length > 0) return found;
      const known = didYouMean(
        name,
        cases.map(({ signature }) => signature),
      );
      throw none(`No failure of the history has the signature ${name}.`, known);
    }
    const target = findTarget(history, name, { root, cwd: io.cwd, limit: RUNS });
    const attempts =
      target.kind === 'found'
        ? [target.attempt]
        : target.records.flatMap(({ unit }) => unit.attempts.toReversed());
    for (const { id } of attempts) {
      const met = history.occurrences(id).filter((occurrence) => isOf(occurrence, test));
      if (met.length > 0) return history.cases(met.map(({ signature }) => signature));
    }
    const which = test === null ? '' : ` of a test like ${JSON.stringify(test)}`;
    throw none(`The history knows no failure${which} of ${name}.`);
  });
}

/**
 * The one fault of several.
 *
 * @throws PindownError `several-failures`
 */
export function theOneCase(cases: readonly Case[], name: string): Case {
  const [one, other] = cases;
  if (one !== undefined && other === undefined) return one;
  const list = cases.map(({ signature, sites: [site] }) =>
    site === undefined ? signature : `${signature} (${siteName(site)})`,
  );
  throw usageError(
    'several-failures',
    `${name} stands for several faults: ${list.join(', ')}.`,
    'Give the signature of one, or --test.',
  );
}

function isAt({ sites }: Case, test: string): boolean {
  return sites.some((site) => site.test !== null && site.test.includes(test));
}

function isOf(occurrence: Occurrence, test: string | null): boolean {
  return test === null || (occurrence.test?.name.includes(test) ?? false);
}

function none(what: string, hint?: string): Error {
  return usageError('no-failure', what, hint ?? 'What was met is listed by: pindown gotcha list');
}
