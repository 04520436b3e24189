import type { Case } from '../../history/occurrence.ts';
import type { Gotcha } from '../../ledger/gotcha/gotcha.ts';
import type { GotchaState } from '../../ledger/gotcha/state.ts';
import { firstLine, siteName } from '../../ledger/policy.ts';
import { counted } from '../../report/counted.ts';
import { sanitiseLine } from '../../report/terminal/sanitise.ts';
import type { Theme } from '../../report/terminal/theme.ts';
import { whenText } from '../history/words.ts';

const MOST_SITES = 5;

/** What is to be done about an entry, in words; nothing where all is well. */
export function stateWords(gotcha: Gotcha, state: GotchaState): string[] {
  const words: string[] = [];
  if (state.reopened !== null) {
    words.push(`met again in run ${state.reopened.last.number}: its fix did not hold`);
  }
  if (state.expired) words.push('expired: somebody has to look at it again');
  if (gotcha.quarantine !== null) {
    const until = gotcha.quarantine.expires.toISOString().slice(0, 10);
    if (state.quarantine === 'expired') words.push(`its quarantine is over since ${until}`);
    else words.push(`quarantined until ${until} by ${gotcha.quarantine.owner}`);
  }
  if (state.staleFor !== null) {
    words.push(`its quarantine is stale: not met for ${counted(state.staleFor, 'run')}`);
  }
  return words;
}

/** A case in a few lines: what, how often, where. */
export function caseLines(one: Case, look: Theme): string[] {
  const { signature, text, times, runs, flakyRuns, last, sites } = one;
  const shown = sites.slice(0, MOST_SITES);
  const lines = [
    `${look.paint('strong', signature)} ${sanitiseLine(firstLine(text))}`,
    `  ${counted(times, 'time')} in ${counted(runs, 'run')}, flaky in ${flakyRuns}; last in run ${last.number} (${whenText(last.startedAt)})`,
    ...shown.map(
      (site) =>
        `  ${look.gutter}${sanitiseLine(siteName(site))} ${look.paint('dim', `${counted(site.times, 'time')}: pindown show ${site.lastAttempt}`)}`,
    ),
  ];
  if (sites.length > shown.length) {
    lines.push(`  ${look.ellipsis} and ${sites.length - shown.length} more sites`);
  }
  return lines;
}

/** Printed by each action under `--json`. */
export function json(value: object): string {
  return `${JSON.stringify({ schemaVersion: 1, ...value }, null, 2)}\n`;
}
