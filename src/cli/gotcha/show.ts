import { didYouMean } from '../../core/did-you-mean.ts';
import { usageError } from '../../core/errors.ts';
import { stateOf } from '../../ledger/gotcha/state.ts';
import { sanitiseLine } from '../../report/terminal/sanitise.ts';
import { theme } from '../../report/terminal/theme.ts';
import type { Io } from '../io.ts';
import { caseLines, json, stateWords } from './describe.ts';
import { readFaults } from './read-faults.ts';

/** `pindown gotcha show NAME`: an entry, and what was met of it. */
export async function showGotcha(name: string, asJson: boolean, io: Io): Promise<number> {
  const { entries, cases, now } = await readFaults(io);
  const wanted = name.replace(/^.*\//, '').replace(/\.md$/, '');
  const entry = entries.find((each) =>
    each.kind === 'invalid'
      ? each.file.endsWith(`/${wanted}.md`)
      : each.gotcha.name === wanted || each.gotcha.signatures.includes(name),
  );
  if (entry === undefined) {
    const names = entries.flatMap((each) => (each.kind === 'gotcha' ? [each.gotcha.name] : []));
    throw usageError(
      'unknown-gotcha',
      `The ledger has no entry ${JSON.stringify(name)}.`,
      didYouMean(name, names) ?? 'The entries are listed by: pindown gotcha list',
    );
  }
  if (entry.kind === 'invalid') throw entry.error;
  const { gotcha } = entry;
  const own = cases.filter(({ signature }) => gotcha.signatures.includes(signature));
  const state = stateOf(gotcha, cases, now);
  if (asJson) {
    await io.print(json({ gotcha, state, cases: own }));
    return 0;
  }
  const look = theme(io.stdout);
  const lines = [
    `${gotcha.file}: ${gotcha.status}${gotcha.owner === null ? '' : `, ${gotcha.owner}`}`,
    ...stateWords(gotcha, state),
    ...gotcha.body.trimEnd().split('\n').map(sanitiseLine),
    '',
    look.paint('strong', 'What was met'),
    ...(own.length === 0 ? ['nothing of it on this machine'] : []),
    ...own.flatMap((one) => caseLines(one, look)),
  ];
  await io.print(`${lines.join('\n')}\n`);
  return 0;
}
