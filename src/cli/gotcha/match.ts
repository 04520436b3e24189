import { gotchaOf } from '../../ledger/policy.ts';
import { theme } from '../../report/terminal/theme.ts';
import type { Io } from '../io.ts';
import { caseLines, json } from './describe.ts';
import { pickCases } from './pick-cases.ts';
import { readFaults } from './read-faults.ts';

/** `pindown gotcha match WHAT`: the faults of an attempt, and the entries that are about them. */
export async function matchGotchas(
  what: string,
  wishes: { readonly test: string | null; readonly json: boolean },
  io: Io,
): Promise<number> {
  const cases = await pickCases(what, wishes.test, io);
  const { entries, now } = await readFaults(io);
  const gotchas = entries.flatMap((entry) => (entry.kind === 'gotcha' ? [entry.gotcha] : []));
  const matches = cases.map((one) => ({
    case: one,
    gotcha: gotchaOf(one.signature, gotchas, now),
  }));
  if (wishes.json) {
    await io.print(
      json({ matches: matches.map((match) => ({ ...match, gotcha: match.gotcha?.name ?? null })) }),
    );
    return 0;
  }
  const look = theme(io.stdout);
  const lines = matches.flatMap(({ case: one, gotcha }) => [
    ...caseLines(one, look),
    gotcha === null
      ? '  no entry is about it'
      : `  ${gotcha.status} ${look.paint('strong', gotcha.name)}: ${gotcha.title}`,
  ]);
  await io.print(`${lines.join('\n')}\n`);
  return 0;
}
