import { normaliseAddresses } from './normalisers/addresses.ts';
import { withoutAnsi } from './normalisers/ansi.ts';
import { normaliseIds } from './normalisers/ids.ts';
import { normaliseNumbers } from './normalisers/numbers.ts';
import { normaliseOrder } from './normalisers/order.ts';
import { normalisePaths } from './normalisers/paths.ts';
import { normaliseTimes } from './normalisers/times.ts';
import { normaliseUuids } from './normalisers/uuids.ts';

/**
 * The text without what differs between two runs that meet the same fault. Applied twice it changes
 * nothing more: what it puts in stands in angle brackets and holds no digit.
 *
 * @param root the project's root in that run, absolute
 */
export function normalise(text: string, root: string): string {
  const plain = normalisePaths(withoutAnsi(text), root);
  // What is longer and more certain comes first: a date holds numbers, an address holds a port.
  const steps = [
    normaliseUuids,
    normaliseTimes,
    normaliseAddresses,
    normaliseIds,
    normaliseNumbers,
    normaliseOrder,
  ];
  return steps
    .reduce((rest, step) => step(rest), plain)
    .replace(/[ \t]+/g, ' ')
    .replace(/ *\n */g, '\n')
    .trim();
}
