import { createReadStream } from 'node:fs';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import type { Location } from '../core/attempt.ts';
import type { TestOutcome } from '../core/outcome.ts';
import { MESSAGE_LENGTH } from './records.ts';

/** One `<testcase>`. */
export interface JUnitTest {
  /** Its class and its name; without a class the names of the suites around it. */
  readonly name: readonly string[];
  readonly outcome: TestOutcome;
  readonly durationMs: number | null;
  readonly message: string | null;
  /** From `file` and `line`, which many writers add. */
  readonly location: Location | null;
}

export interface JUnitDocument {
  readonly tests: readonly JUnitTest[];
  /** Failures and errors of a suite itself. */
  readonly errors: readonly string[];
  /** Why it is no whole JUnit document, with its line and column; null for a good one. */
  readonly malformed: string | null;
}

/**
 * How long one text, attribute or comment may be, in characters: saxes holds it whole. A document
 * with a longer one is refused.
 */
const PIECE_LENGTH = 64 * 1024 * 1024;

/** Reads a JUnit file in a stream; only the tests themselves are held in memory. */
export async function readJUnit(file: string): Promise<JUnitDocument> {
  const parser = new JUnitParser();
  for await (const chunk of createReadStream(file, 'utf8')) {
    parser.write(String(chunk));
    if (parser.failed) break;
  }
  return parser.finish();
}

/** A test on its way. */
interface Pending {
  readonly name: readonly string[];
  readonly durationMs: number | null;
  readonly location: Location | null;
  outcome: TestOutcome;
  message: string;
}

/** What the elements inside a test or a suite make of it. */
const MARKS: ReadonlyMap<string, TestOutcome> = new Map([
  ['failure', 'failed'],
  ['error', 'errored'],
  ['skipped', 'skipped'],
]);

/** Of two marks in one test the one further on stands. */
const WEIGHT: readonly TestOutcome[] = ['passed', 'skipped', 'failed', 'errored'];

/**
 * Reads JUnit XML as it is written in the wild: `<testsuites>` or `<testsuite>` as root, suites in
 * suites, Surefire's and others' additions skipped. No input makes it throw.
 */
export class JUnitParser {
  readonly #parser = new SaxesParser();
  readonly #tests: JUnitTest[] = [];
  readonly #errors: string[] = [];
  readonly #suites: string[] = [];
  #depth = 0;
  #test: Pending | null = null;
  /** The mark that is open, its text so far. */
  #mark: { readonly outcome: TestOutcome; text: string } | null = null;
  #malformed: string | null = null;
  #sincePiece = 0;

  constructor() {
    this.#parser.on('opentag', (tag) => this.#open(tag));
    this.#parser.on('closetag', (tag) => this.#close(tag.name));
    this.#parser.on('text', (text) => this.#text(text));
    this.#parser.on('cdata', (text) => this.#text(text));
    this.#parser.on('comment', () => (this.#sincePiece = 0));
    this.#parser.on('error', (error) => {
      this.#malformed ??= error.message;
    });
  }

  /** Whether nothing further can be read. */
  get failed(): boolean {
    return this.#malformed !== null;
  }

  write(chunk: string): void {
    if (this.failed) return;
    this.#sincePiece += chunk.length;
    this.#parser.write(chunk);
    if (this.#sincePiece > PIECE_LENGTH) {
      this.#malformed ??= `a single text of more than ${PIECE_LENGTH} characters`;
    }
  }

  finish(): JUnitDocument {
    if (!this.failed) this.#parser.close();
    return { tests: this.#tests, errors: this.#errors, malformed: this.#malformed };
  }

  #open({ name, attributes }: SaxesTagPlain): void {
    // What comes after the first fault is saxes's guess.
    if (this.failed) return;
    this.#sincePiece = 0;
    this.#depth += 1;
    if (this.#depth === 1 && name !== 'testsuites' && name !== 'testsuite') {
      this.#malformed = `expected <testsuites> or <testsuite>, got <${name}>`;
      return;
    }
    const mark = MARKS.get(name);
    if (name === 'testsuite') this.#suites.push(attributes['name'] ?? '');
    else if (name === 'testcase') this.#test = this.#begin(attributes);
    else if (mark !== undefined) this.#mark = { outcome: mark, text: headline(attributes) };
  }

  #close(name: string): void {
    if (this.failed) return;
    this.#sincePiece = 0;
    this.#depth -= 1;
    if (name === 'testsuite') this.#suites.pop();
    else if (name === 'testcase' && this.#test !== null) {
      const { message } = this.#test;
      this.#tests.push({ ...this.#test, message: message === '' ? null : message });
      this.#test = null;
    } else if (MARKS.has(name) && this.#mark !== null) this.#closeMark(this.#mark);
  }

  #closeMark({ outcome, text }: { readonly outcome: TestOutcome; readonly text: string }): void {
    const message = text.trim();
    this.#mark = null;
    if (this.#test === null) {
      if (outcome !== 'skipped') this.#errors.push(message || 'an error without a message');
    } else if (WEIGHT.indexOf(outcome) > WEIGHT.indexOf(this.#test.outcome)) {
      this.#test.outcome = outcome;
      this.#test.message = message;
    }
  }

  #text(text: string): void {
    this.#sincePiece = 0;
    const mark = this.#mark;
    if (mark === null || mark.text.length >= MESSAGE_LENGTH) return;
    mark.text = `${mark.text}${text}`.slice(0, MESSAGE_LENGTH);
  }

  #begin(attributes: Readonly<Record<string, string>>): Pending {
    const name = attributes['name'] || '(no name)';
    const owner = attributes['classname'];
    const around = owner ? [owner] : this.#suites.filter((suite) => suite !== '');
    const { file } = attributes;
    return {
      name: [...around, name],
      durationMs: milliseconds(attributes['time']),
      location: file ? { file, line: lineNumber(attributes['line']), column: null } : null,
      outcome: 'passed',
      message: '',
    };
  }
}

/** `type: message`, as far as they are there and the text below does not begin with it. */
function headline(attributes: Readonly<Record<string, string>>): string {
  const { message } = attributes;
  return message === undefined || message === '' ? '' : `${message}\n`;
}

/** From seconds; some writers group thousands (`1,234.5`). */
function milliseconds(time: string | undefined): number | null {
  if (time === undefined || time.trim() === '') return null;
  const seconds = Number(time.replaceAll(',', ''));
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}

function lineNumber(line: string | undefined): number | null {
  const number = Number(line ?? NaN);
  return Number.isInteger(number) && number > 0 ? number : null;
}
