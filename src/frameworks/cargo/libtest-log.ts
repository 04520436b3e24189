import type { TestOutcome } from '../../core/outcome.ts';

/** An entry of libtest's log, or a result of rustdoc's. */
export interface RustTest {
  /** `module::inner::name`; of a doc test `src/lib.rs - item (line 3)`. */
  readonly name: string;
  readonly outcome: TestOutcome;
  /** `should_panic` missed, or the reason of `#[ignore]`. */
  readonly note: string | null;
}

const OUTCOMES: Readonly<Record<string, TestOutcome>> = {
  ok: 'passed',
  failed: 'failed',
  ignored: 'skipped',
};

/** An entry's first line: `ok name`, `ignored: reason name`, `failed: many lines name`. */
const ENTRY = /^(ok|failed|ignored)(:| )/;

/** How much of an entry is kept, in characters from its end, where the name is. */
const ENTRY_LENGTH = 65_536;

/**
 * Reads libtest's `--logfile`, line by line: an entry a test, in the order in which they end. A
 * name is a path of Rust and holds no space, so it is the last word of an entry, whose note may
 * have lines of its own.
 */
export class LibtestLog {
  readonly #tests: RustTest[] = [];
  #entry: string | null = null;

  line(line: string): void {
    if (ENTRY.test(line)) {
      this.#close();
      this.#entry = line;
    } else if (this.#entry !== null) {
      this.#entry = `${this.#entry}\n${line}`.slice(-ENTRY_LENGTH);
    }
  }

  /** By name: the order of ends is another one each time. */
  finish(): readonly RustTest[] {
    this.#close();
    return this.#tests.toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  }

  #close(): void {
    const entry = this.#entry;
    this.#entry = null;
    const [, word, noted] = ENTRY.exec(entry ?? '') ?? [];
    if (entry === null || word === undefined) return;
    const rest = entry.slice(word.length + 1).trimEnd();
    const at = rest.search(/\S+$/);
    const name = rest.slice(at);
    const note = noted === ':' ? rest.slice(0, at).trim() : '';
    if (at !== -1) {
      this.#tests.push({ name, outcome: OUTCOMES[word]!, note: note === '' ? null : note });
    }
  }
}
