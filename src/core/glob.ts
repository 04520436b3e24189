import { usageError } from './errors.ts';

/** Whether the text holds anything that a glob gives a meaning to. */
export function isGlob(text: string): boolean {
  return /[*?[\]{}]/.test(text);
}

/**
 * A test of paths (parts separated by `/`) against a glob: `*` and `?` within a part, `**` for any
 * number of whole parts, `[a-z]`, `[!a-z]`, `{one,other}`, and `\` before a character that is
 * meant as it stands. Names that begin with a dot are no exception. Like node:path `matchesGlob`,
 * which prints an ExperimentalWarning before Node 22.20 (nodejs/node#59572).
 *
 * @throws PindownError (exit status 2) where a bracket or brace is not closed or a range runs
 *   backwards
 */
export function compileGlob(glob: string): (path: string) => boolean {
  const source = new GlobParser(glob).parse();
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^${source}$`, 'su');
  } catch (error) {
    throw badGlob(glob, 'a range in brackets runs backwards', error);
  }
  return (path) => pattern.test(path);
}

function badGlob(glob: string, why: string, cause?: unknown): Error {
  return usageError(
    'bad-glob',
    `The pattern ${JSON.stringify(glob)} can't be read: ${why}.`,
    'Put a backslash before a character that is meant as it stands.',
    cause,
  );
}

/** Turns a glob into the source of a regular expression, character by character. */
class GlobParser {
  readonly #glob: string;
  #at = 0;

  constructor(glob: string) {
    this.#glob = glob;
  }

  parse(): string {
    return this.#sequence('');
  }

  /** @param end the characters that end it, which are left for the caller */
  #sequence(end: string): string {
    let source = '';
    const begin = this.#at;
    for (; this.#at < this.#glob.length; this.#at++) {
      const character = this.#glob[this.#at]!;
      if (end.includes(character)) return source;
      source += this.#one(character, this.#at === begin);
    }
    if (end !== '') throw badGlob(this.#glob, 'a { is not closed');
    return source;
  }

  #one(character: string, first: boolean): string {
    switch (character) {
      case '*':
        return this.#stars(first);
      case '?':
        return '[^/]';
      case '[':
        return this.#brackets();
      case '{':
        return this.#braces();
      case '\\':
        this.#at += 1;
        return escape(this.#glob[this.#at] ?? '\\');
      default:
        return escape(character);
    }
  }

  #stars(first: boolean): string {
    const startsPart = first || this.#glob[this.#at - 1] === '/';
    let count = 1;
    while (this.#glob[this.#at + 1] === '*') {
      this.#at += 1;
      count += 1;
    }
    const next = this.#glob[this.#at + 1];
    if (count < 2 || !startsPart || !(next === undefined || '/,}'.includes(next))) return '[^/]*';
    if (next !== '/') return '.*';
    this.#at += 1;
    return '(?:[^/]+/)*';
  }

  #brackets(): string {
    // As in a shell, a closing bracket that comes first is one of the characters.
    const match = /^\[([!^]?)(\]?(?:\\.|[^\]\\])*)\]/s.exec(this.#glob.slice(this.#at));
    if (match === null) throw badGlob(this.#glob, 'a [ is not closed');
    this.#at += match[0].length - 1;
    const characters = match[2]!.replaceAll(/\\(.)/gs, '$1');
    const escaped = characters.replaceAll(/[\\\][^/]/g, '\\$&');
    // A part's end is never one of the characters, not even of all but some.
    return match[1] === '' ? `(?!/)[${escaped}]` : `[^/${escaped}]`;
  }

  #braces(): string {
    const choices: string[] = [];
    do {
      this.#at += 1;
      choices.push(this.#sequence(',}'));
    } while (this.#glob[this.#at] === ',');
    return `(?:${choices.join('|')})`;
  }
}

function escape(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}
