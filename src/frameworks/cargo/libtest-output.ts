import { MESSAGE_LENGTH } from '../records.ts';
import type { RustTest } from './libtest-log.ts';

/** The section of a test in the list of failures. */
const SECTION = /^---- (.+) stdout ----$/;

/**
 * What each of these tests wrote, from the sections behind libtest's results; of a name that has
 * several the last. Only to explain outcomes that are known from elsewhere.
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
    if (name !== undefined && this.#names.has(name)) {
      this.#current = name;
      this.#texts.set(name, '');
    } else if (line === 'failures:' || line.startsWith('test result: ')) {
      this.#current = null;
    } else if (this.#current !== null) {
      const text = this.#texts.get(this.#current) ?? '';
      if (text.length < MESSAGE_LENGTH) {
        this.#texts.set(this.#current, `${text}${line}\n`.slice(0, MESSAGE_LENGTH));
      }
    }
  }

  text(name: string): string | null {
    return this.#texts.get(name)?.trim() || null;
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
    if (count !== null && this.#left === 0) {
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
