import { relative, resolve, sep } from 'node:path';
import { didYouMean } from '../../core/did-you-mean.ts';
import { usageError } from '../../core/errors.ts';
import type { AttemptLookup, History, UnitRecord } from '../../history/history.ts';

/** What `pindown show` was given the name of. */
export type Target =
  | { readonly kind: 'units'; readonly records: readonly UnitRecord[] }
  | Extract<AttemptLookup, { kind: 'found' }>;

/** Fewer characters of an id than this are more likely a typing error. */
const PREFIX_LENGTH = 4;
const ATTEMPT_PREFIX = /^[0-9a-f-]+$/i;

/**
 * Finds a unit by its id or its path (from the root or from the working directory), else an
 * attempt by its id or a prefix of it.
 *
 * @throws PindownError `unknown-unit`, with what may have been meant, or `ambiguous-attempt`
 */
export function findTarget(
  history: History,
  name: string,
  place: { readonly root: string; readonly cwd: string; readonly limit: number },
): Target {
  const fromRoot = relative(place.root, resolve(place.cwd, name)).split(sep).join('/');
  for (const unit of new Set([name, fromRoot])) {
    const records = history.unitHistory(unit, place.limit);
    if (records.length > 0) return { kind: 'units', records };
  }
  const mayBeId = name.length >= PREFIX_LENGTH && ATTEMPT_PREFIX.test(name);
  const lookup: AttemptLookup = mayBeId ? history.attempt(name) : { kind: 'unknown' };
  if (lookup.kind === 'found') return lookup;
  if (lookup.kind === 'ambiguous') {
    throw usageError(
      'ambiguous-attempt',
      `Several attempts begin with ${name}: ${lookup.ids.join(', ')}.`,
      'Give more of the id.',
    );
  }
  const paths = history.units().map(({ path }) => path);
  throw usageError(
    'unknown-unit',
    `The history knows no unit and no attempt ${JSON.stringify(name)}.`,
    didYouMean(name, paths) ??
      'What could run is listed by pindown list; the attempts of a unit by pindown show UNIT.',
  );
}
