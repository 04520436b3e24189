import { parse as parseToml, TomlError } from 'smol-toml';
import { didYouMean } from '../../core/did-you-mean.ts';
import { type PindownError, usageError } from '../../core/errors.ts';
import {
  checkFrontMatter,
  type FrontMatter,
  type FrontMatterIssue,
  knownKeys,
} from './front-matter.ts';
import type { Gotcha, GotchaStatus } from './gotcha.ts';
import { type Section, SECTIONS, sectionsOf, titleOf } from './sections.ts';

const FENCE = '+++';

/** What an entry of this status has to tell: no verdict without evidence. */
const NEEDS: Readonly<Record<GotchaStatus, readonly Section[]>> = {
  open: [],
  supported: ['What was seen'],
  proven: ['What was seen', 'Deciding observation'],
  refuted: ['What was seen', 'Deciding observation'],
  superseded: [],
  'masked-by': [],
};

/**
 * Reads an entry: TOML between two lines `+++`, then Markdown with a title.
 *
 * @param file where it stands, relative to the project's root
 * @throws PindownError `gotcha-…` (exit status 2), naming the place
 */
export function parseGotcha(file: string, text: string): Gotcha {
  const { toml, body } = split(file, text);
  const front = validate(file, toml);
  const title = titleOf(body);
  if (title === null) {
    throw invalid(file, 'it has no title.', 'Add one below the front matter: # What fails');
  }
  checkMeaning(file, front, body);
  return {
    name: file.replace(/^.*\//, '').replace(/\.md$/, ''),
    file,
    title,
    signatures: front.signatures,
    status: front.status,
    owner: front.owner ?? null,
    firstSeen: front['first-seen'] ?? null,
    expires: front.expires ?? null,
    fixed: front.fixed ?? null,
    fixedBy: front['fixed-by'] ?? null,
    by: front.by ?? null,
    links: front.links,
    quarantine: quarantineOf(front),
    body,
  };
}

function quarantineOf({ quarantine }: FrontMatter): Gotcha['quarantine'] {
  if (quarantine === undefined) return null;
  const { 'stale-after': staleAfter, ...rest } = quarantine;
  return { ...rest, staleAfter };
}

function split(file: string, text: string): { readonly toml: string; readonly body: string } {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const end = lines.indexOf(FENCE, 1);
  if (lines[0] !== FENCE || end === -1) {
    throw invalid(
      file,
      'it has no front matter.',
      'Begin it with TOML between two lines that hold nothing but +++; pindown gotcha new writes such a file.',
    );
  }
  return { toml: lines.slice(1, end).join('\n'), body: lines.slice(end + 1).join('\n') };
}

function validate(file: string, toml: string): FrontMatter {
  let raw: unknown;
  try {
    raw = parseToml(toml);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The fence is the file's first line.
    const place = `${file}:${error.line + 1}:${error.column}`;
    throw usageError('gotcha-syntax', `${place}: ${error.message.trim()}`, undefined, error);
  }
  const checked = checkFrontMatter(raw);
  if ('front' in checked) return checked.front;
  throw describeIssue(file, toml, checked.issue);
}

function describeIssue(
  file: string,
  toml: string,
  { keys, kind, message }: FrontMatterIssue,
): PindownError {
  const last = keys.at(-1) ?? '';
  const where = `${file}:${lineOf(toml, last) + 1}`;
  const name = keys.join('.');
  switch (kind) {
    case 'unknown-key': {
      const known = knownKeys(keys.length > 1 ? 'quarantine' : 'top');
      const hint = didYouMean(last, known) ?? `Known are ${known.join(', ')}.`;
      return usageError('gotcha-unknown-key', `${where}: there is no key "${name}".`, hint);
    }
    case 'missing':
      return usageError('gotcha-invalid', `${file}: "${name}" is missing.`, `Add it: ${name} = …`);
    case 'invalid':
      return usageError('gotcha-invalid', `${where}: "${name}": ${message}.`);
  }
}

/** The line of the TOML in which a key stands; 1 where it stands in none. */
function lineOf(toml: string, key: string): number {
  const at = toml.split('\n').findIndex((line) => line.trimStart().startsWith(key));
  return at === -1 ? 1 : at + 1;
}

/** What a schema of single values can't see. */
function checkMeaning(file: string, front: FrontMatter, body: string): void {
  const { status, by, fixed } = front;
  const told = sectionsOf(body);
  for (const section of NEEDS[status]) {
    if ((told.get(section) ?? '') !== '') continue;
    throw invalid(
      file,
      `its status is "${status}", and it does not say: ${section}.`,
      `Write it under a heading: ## ${section}`,
    );
  }
  const unknown = [...told.keys()].find((name) => isAlmost(name));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, SECTIONS);
    throw invalid(file, `there is no section "${unknown}".`, hint ?? undefined);
  }
  const needsBy = status === 'superseded' || status === 'masked-by';
  if (needsBy && by === undefined) {
    throw invalid(file, `its status is "${status}", and "by" is missing.`, 'Name the other entry.');
  }
  if (fixed !== undefined && status !== 'proven') {
    throw invalid(
      file,
      `it is declared fixed, and its status is "${status}".`,
      'Only what is proven can be known to be fixed: write down the deciding observation first.',
    );
  }
}

/** Headings of one's own are fine; a misspelt one would hide what it tells. */
function isAlmost(name: string): boolean {
  const known = SECTIONS.find((section) => section.toLowerCase() === name.toLowerCase());
  return known !== undefined && known !== name;
}

function invalid(file: string, what: string, hint?: string): PindownError {
  return usageError('gotcha-invalid', `${file}: ${what}`, hint);
}
