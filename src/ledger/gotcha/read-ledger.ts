import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean } from '../../core/did-you-mean.ts';
import { describeFault, PindownError, usageError } from '../../core/errors.ts';
import { namesIn } from '../../core/names-in.ts';
import type { Gotcha } from './gotcha.ts';
import { parseGotcha } from './parse-gotcha.ts';

/** Where a project's entries are, in its root; it belongs into its repository. */
export const LEDGER_NAME = '.pindown-ledger';

/** An entry, or why it can't be read. */
export type ReadGotcha =
  | { readonly kind: 'gotcha'; readonly gotcha: Gotcha }
  | { readonly kind: 'invalid'; readonly file: string; readonly error: PindownError };

/**
 * Every entry of a project by its name, those that can't be read among them; none where it has no
 * ledger.
 *
 * @throws PindownError `ledger-unreadable` (exit status 2)
 */
export function readEntries(root: string): readonly ReadGotcha[] {
  const read = gotchaNamesIn(join(root, LEDGER_NAME)).map((name): ReadGotcha => {
    const file = `${LEDGER_NAME}/${name}`;
    try {
      return { kind: 'gotcha', gotcha: parseGotcha(file, readFileSync(join(root, file), 'utf8')) };
    } catch (error) {
      if (error instanceof PindownError) return { kind: 'invalid', file, error };
      throw unreadable(join(root, file), error);
    }
  });
  return read.map((entry) => withKnownNames(entry, read));
}

/**
 * Every entry of a project.
 *
 * @throws PindownError for the first that can't be read
 */
export function readLedger(root: string): readonly Gotcha[] {
  return readEntries(root).map((entry) => {
    if (entry.kind === 'invalid') throw entry.error;
    return entry.gotcha;
  });
}

function gotchaNamesIn(directory: string): readonly string[] {
  try {
    return namesIn(directory)
      .filter((name) => name.endsWith('.md') && name.toLowerCase() !== 'readme.md')
      .toSorted();
  } catch (error) {
    throw unreadable(directory, error);
  }
}

/** Two entries of one signature would contradict each other; `by` must lead somewhere. */
function withKnownNames(entry: ReadGotcha, all: readonly ReadGotcha[]): ReadGotcha {
  if (entry.kind === 'invalid') return entry;
  const { name, file, by, signatures } = entry.gotcha;
  const others = all.flatMap((other) =>
    other.kind === 'gotcha' && other.gotcha.name !== name ? [other.gotcha] : [],
  );
  const refuse = (what: string, hint: string): ReadGotcha => ({
    kind: 'invalid',
    file,
    error: usageError('gotcha-invalid', `${file}: ${what}`, hint),
  });
  if (by !== null && !others.some((other) => other.name === by)) {
    const names = others.map((other) => other.name);
    return refuse(`there is no entry "${by}".`, didYouMean(by, names) ?? 'Name another file.');
  }
  if (!isInForce(entry.gotcha)) return entry;
  const rival = others.find(
    (other) => isInForce(other) && other.signatures.some((id) => signatures.includes(id)),
  );
  if (rival === undefined) return entry;
  return refuse(
    `${rival.file} has one of its signatures, too.`,
    'Take it out of one of them, or let one supersede the other.',
  );
}

/** Whether it is what is held of its fault; the others are kept to be read. */
export function isInForce({ status }: Gotcha): boolean {
  return status !== 'superseded' && status !== 'refuted';
}

function unreadable(path: string, cause: unknown): PindownError {
  return usageError(
    'ledger-unreadable',
    `${path} can't be read: ${describeFault(cause)}.`,
    'Make it readable, or move it away.',
    cause,
  );
}
