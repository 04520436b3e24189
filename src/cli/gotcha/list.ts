import type { Case } from '../../history/occurrence.ts';
import { isInForce } from '../../ledger/gotcha/read-ledger.ts';
import { stateOf } from '../../ledger/gotcha/state.ts';
import { gotchaOf } from '../../ledger/policy.ts';
import { theme } from '../../report/terminal/theme.ts';
import { sanitiseLine } from '../../report/terminal/sanitise.ts';
import type { Io } from '../io.ts';
import { caseLines, json, stateWords } from './describe.ts';
import { type Faults, readFaults } from './read-faults.ts';

/** So many cases without an entry are listed for people; `--json` has them all. */
const MOST_CASES = 20;

/** `pindown gotcha list`: the entries, and the flakes that no entry covers. */
export async function listGotchas(asJson: boolean, io: Io): Promise<number> {
  const faults = await readFaults(io);
  const entries = entriesOf(faults);
  const open = openCases(faults);
  await io.print(asJson ? json({ gotchas: entries, cases: open }) : text(entries, open, io));
  return 0;
}

type Entry = ReturnType<typeof entriesOf>[number];

function entriesOf({ entries, cases, now }: Faults) {
  return entries.map((entry) => {
    if (entry.kind === 'invalid') return { file: entry.file, error: entry.error.message };
    const { gotcha } = entry;
    const own = cases.filter(({ signature }) => gotcha.signatures.includes(signature));
    return { ...gotcha, error: null, state: stateOf(gotcha, cases, now), cases: own };
  });
}

/** Flakes that nobody looks into, the latest met first. */
function openCases({ entries, cases, now }: Faults): readonly Case[] {
  const gotchas = entries.flatMap((entry) => (entry.kind === 'gotcha' ? [entry.gotcha] : []));
  return cases.filter(
    ({ signature, flakyRuns }) => flakyRuns > 0 && gotchaOf(signature, gotchas, now) === null,
  );
}

function text(entries: readonly Entry[], open: readonly Case[], io: Io): string {
  const look = theme(io.stdout);
  const lines = entries.flatMap((entry) => {
    if (entry.error !== null) return [look.paint('bad', `invalid: ${sanitiseLine(entry.error)}`)];
    const { name, title, status, state, cases } = entry;
    const times = cases.reduce((sum, one) => sum + one.times, 0);
    const tone = state.reopened !== null ? 'bad' : isInForce(entry) ? 'warn' : 'dim';
    const word = state.reopened === null ? status : 'reopened';
    return [
      `${look.paint(tone, word)} ${look.paint('strong', name)} ${sanitiseLine(title)} ${look.paint('dim', `(${times} met)`)}`,
      ...stateWords(entry, state).map((words) => `  ${words}`),
    ];
  });
  if (lines.length === 0) lines.push('The ledger has no entry.');
  if (open.length > 0) {
    lines.push('', look.paint('strong', `Flakes without an entry (${open.length})`));
    for (const one of open.slice(0, MOST_CASES)) lines.push(...caseLines(one, look));
    if (open.length > MOST_CASES)
      lines.push(`${look.ellipsis} and ${open.length - MOST_CASES} more`);
    lines.push('', 'To look into one: pindown gotcha new SIGNATURE');
  }
  return `${lines.join('\n')}\n`;
}
