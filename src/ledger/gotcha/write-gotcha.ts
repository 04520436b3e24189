import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import {
  describeFault,
  environmentError,
  isSystemError,
  remedyFor,
  usageError,
} from '../../core/errors.ts';
import type { Case } from '../../history/occurrence.ts';
import { firstLine, siteName } from '../policy.ts';
import { LEDGER_NAME } from './read-ledger.ts';
import { SECTIONS, type Section } from './sections.ts';

const MOST_SITES = 20;
const SLUG_WORDS = 6;

const HINTS: Readonly<Record<Section, string>> = {
  'What was seen': '',
  'Deciding observation': 'The one thing seen that only this cause explains; needed for "proven".',
  'What it ruled out': 'Causes that this observation excludes, each with why.',
  Mitigation: 'What is done about it until it is fixed.',
};

/** A name for an entry about this fault: `cannot-read-properties-of-null-reading`. */
export function slugOf(text: string): string {
  const words = firstLine(text)
    .replace(/<\w+>/g, ' ')
    .toLowerCase()
    .match(/[a-z]+/g);
  return words?.slice(0, SLUG_WORDS).join('-') ?? 'unnamed';
}

/** The text of a new entry about a fault, with what the history knows of it. */
export function draftGotcha(
  one: Case,
  { owner, title }: { readonly owner: string | null; readonly title: string },
): string {
  const front = stringify({
    signatures: [one.signature],
    status: 'open',
    ...(owner === null ? {} : { owner }),
  });
  const firstSeen = `first-seen = ${one.first.startedAt}`;
  const sections = SECTIONS.map((section) => {
    const hint = HINTS[section];
    const told = section === 'What was seen' ? seen(one) : `<!-- ${hint} -->`;
    return `## ${section}\n\n${told}\n`;
  });
  return `+++\n${front.trimEnd()}\n${firstSeen}\n+++\n# ${title}\n\n${sections.join('\n')}`;
}

function seen({ text, sites }: Case): string {
  const code = text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
  const shown = sites.slice(0, MOST_SITES).map((site) => `- ${siteName(site)}`);
  return `${code}\n\n${shown.join('\n')}`;
}

/**
 * Writes an entry that is not there yet.
 *
 * @returns its path, relative to the root
 * @throws PindownError `gotcha-exists` (exit status 2), or `gotcha-unwritable` (6)
 */
export function writeGotcha(root: string, name: string, text: string): string {
  const file = `${LEDGER_NAME}/${name}.md`;
  try {
    mkdirSync(join(root, LEDGER_NAME), { recursive: true });
    writeFileSync(join(root, file), text, { flag: 'wx' });
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') {
      throw usageError('gotcha-exists', `${file} is there already.`, 'Give another --name.', error);
    }
    throw environmentError(
      'gotcha-unwritable',
      `${file} can't be written: ${describeFault(error)}.`,
      remedyFor(error),
      error,
    );
  }
  return file;
}
