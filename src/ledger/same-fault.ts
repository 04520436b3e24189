import type { EventOf } from '../core/event.ts';
import type { Occurrence } from '../history/occurrence.ts';
import type { Gotcha } from './gotcha/gotcha.ts';
import { counted, firstLine, gotchaOf, siteName, siteNames } from './policy.ts';

type Notice = Omit<EventOf<'notice'>, 'type' | 'at'>;

/** So many faults are told, those with the most sites first; the rest are in the report. */
const MOST_FAULTS = 5;

/**
 * What failures of one run have in common: several sites with one signature are one fault, and a
 * fault that an entry is about is a known one. What is tolerated is told elsewhere.
 *
 * @param met the failures of the run
 * @param now milliseconds since the epoch
 */
export function wordsOnSameFaults(
  met: readonly Occurrence[],
  gotchas: readonly Gotcha[],
  now: number,
): readonly Notice[] {
  const real = met.filter(({ kind, gotcha }) => kind === 'failure' && gotcha === null);
  return [...Map.groupBy(real, ({ signature }) => signature)]
    .flatMap(([signature, those]) => {
      const sites = [...new Set(those.map(nameOf))];
      const gotcha = gotchaOf(signature, gotchas, now);
      return sites.length < 2 && gotcha === null ? [] : [{ signature, those, sites, gotcha }];
    })
    .toSorted((one, other) => other.sites.length - one.sites.length)
    .slice(0, MOST_FAULTS)
    .map(({ signature, those: [first], sites, gotcha }) => ({
      level: 'warning',
      code: gotcha === null ? 'same-fault' : 'known-fault',
      message: `${counted(sites.length, 'site')} (${siteNames(sites)}) failed of one fault, ${signature}: ${firstLine(first?.text ?? '')}${knownAs(gotcha)}`,
    }));
}

function nameOf({ path, test }: Occurrence): string {
  return siteName({ path, test: test?.name ?? null });
}

function knownAs(gotcha: Gotcha | null): string {
  if (gotcha === null) return '';
  const owner = gotcha.owner === null ? '' : `, ${gotcha.owner}`;
  return `. It is known: ${gotcha.file} (${gotcha.status}${owner})`;
}
