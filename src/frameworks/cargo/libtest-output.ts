import { MESSAGE_LENGTH } from '../records.ts';
import type { RustTest } from './libtest-log.ts';

/** The section of a test in the list of failures. */
const SECTION = /^---- (.+) stdout ----$/;

/** The list of names behind the last section, and all that follows. */
const LIST = /\nfailures:\n(?: {4}\S.*\n)+[^]*$/;

/**
 * What each of these tests wrote, from the sections behind libtest's results; of a long one its
 * end, where the panic is. Only to explain outcomes that are known from elsewhere: a test may have
 * written the like of a section itself.
 */
export class Sections {
  readonly #names: ReadonlySet<string>;
  readonly #texts = new Map<string, string>();
  #current: string | null = null;

  /** @param names the tests whose sections are wanted */
  constructor(names: Iterable<string>) {
    this.#names = new Set(names);
  }

  line(line: string): void {
    const name = SECTION.exec(line)?.[1];
    if (name !== undefined && name !== this.#current && this.#names.has(name)) {
      this.#current = name;
    } else if (this.#current !== null) {
      const text = `${this.#texts.get(this.#current) ?? ''}${line}\n`;
      // Cut now and then, not at every line.
      const cut = text.length > 2 * MESSAGE_LENGTH ? text.slice(-MESSAGE_LENGTH) : text;
      this.#texts.set(this.#current, cut);
    }
  }

  text(name: string): string | null {
    const text = (this.#texts.get(name) ?? '').replace(LIST, '').trim();
    return text === '' ? null : text.slice(-MESSAGE_LENGTH);
  }
}

const RUNNING = /^running (\d+) tests?$/;

/** How many tests libtest says that it will run; it does before the first of them begins. */
export function announced(line: string): number | null {
  const count = RUNNING.exec(line)?.[1];
  return count === undefined ? null : Number(count);
}

const RESULT = /^test (.+ \(line \d+\))(?: - [a-z ]+)? \.\.\. (ok|FAILED|ignored)(?:, (.*))?$/;

const OUTCOMES = { ok: 'passed', FAILED: 'failed', ignored: 'skipped' } as const;

/**
 * Reads rustdoc's results. A doc test is a process of its own whose output rustdoc keeps until all
 * have ended, so that nothing of it stands between the results; there may be several blocks of
 * them (from the 2024 edition on, those that are compiled together and those that are not, whose
 * log would overwrite the others').
 */
export class DocResults {
  readonly #tests: RustTest[] = [];
  #left = 0;
  #begun = false;

  line(line: string): void {
    const count = announced(line);
    if (count !== null) {
      this.#begun = true;
      this.#left = count;
      return;
    }
    const match = this.#left > 0 ? RESULT.exec(line) : null;
    if (match === null) return;
    const [, name, word, note] = match;
    this.#left -= 1;
    this.#tests.push({ name: name!, outcome: OUTCOMES[word as 'ok'], note: note ?? null });
  }

  /** By name: the order of ends is another one each time. */
  finish(): { readonly begun: boolean; readonly tests: readonly RustTest[] } {
    const tests = this.#tests.toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
    return { begun: this.#begun, tests };
  }
}
