import { findProjectRoot } from '../../config/project-root.ts';
import { usageError } from '../../core/errors.ts';
import { isInForce, readEntries } from '../../ledger/gotcha/read-ledger.ts';
import { draftGotcha, slugOf, writeGotcha } from '../../ledger/gotcha/write-gotcha.ts';
import { firstLine } from '../../ledger/policy.ts';
import type { Io } from '../io.ts';
import { json } from './describe.ts';
import { pickCases, theOneCase } from './pick-cases.ts';

/** An entry's name: it is a file's name and part of a command. */
const NAME = /^[a-z0-9][a-z0-9-]{0,99}$/;

/** `pindown gotcha new WHAT`: an entry about a fault that was met. */
export async function newGotcha(
  what: string,
  wishes: {
    readonly test: string | null;
    readonly name: string | null;
    readonly owner: string | null;
    readonly json: boolean;
  },
  io: Io,
): Promise<number> {
  const one = theOneCase(await pickCases(what, wishes.test, io), what);
  const root = findProjectRoot(io.cwd);
  const name = wishes.name ?? slugOf(one.text);
  if (!NAME.test(name)) {
    throw usageError(
      'bad-gotcha-name',
      `${JSON.stringify(name)} can't be an entry's name.`,
      'Use small letters, digits and hyphens: --name port-taken',
    );
  }
  for (const entry of readEntries(root)) {
    if (entry.kind === 'invalid' || !isInForce(entry.gotcha)) continue;
    if (!entry.gotcha.signatures.includes(one.signature)) continue;
    throw usageError(
      'gotcha-known',
      `${entry.gotcha.file} is about ${one.signature} already.`,
      `See it: pindown gotcha show ${entry.gotcha.name}`,
    );
  }
  const draft = draftGotcha(one, { owner: wishes.owner, title: firstLine(one.text) });
  const file = writeGotcha(root, name, draft);
  await io.print(
    wishes.json
      ? json({ name, file, signature: one.signature })
      : `${file} was written about ${one.signature}: say in it what you find out, and commit it.\n`,
  );
  return 0;
}
