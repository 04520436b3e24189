import { createReadStream } from 'node:fs';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import type { Location } from '../core/attempt.ts';
import type { TestOutcome } from '../core/outcome.ts';
import { JUnitCounters } from './junit-counters.ts';
import { MESSAGE_LENGTH } from './records.ts';
import { ReportRoom, TOO_MANY_TESTS } from './report-room.ts';

/** One `<testcase>`. */
export interface JUnitTest {
  /** Its class and its name; without a class the names of the suites around it. */
  readonly name: readonly string[];
  readonly outcome: TestOutcome;
  readonly durationMs: number | null;
  readonly message: string | null;
  /** From `file` and `line`, which many writers add. */
  readonly location: Location | null;
  /** Of Surefire's `<flakyFailure>` and `<flakyError>`; left out where there are none. */
  readonly failedTries?: readonly string[];
}

export interface JUnitDocument {
  readonly tests: readonly JUnitTest[];
  /** Failures and errors of a suite itself, and where a suite's counters speak against its tests. */
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
  readonly elements: { failures: number; errors: number; skipped: number };
  /** Of the tries that failed before one that passed: what they say. */
  readonly flaky: string[];
  tries: number;
}

/** An element that says how a test or a suite came out, while it is open. */
interface Mark {
  readonly name: string;
  /** How deep it stands: others may stand in it. */
  readonly depth: number;
  text: string;
}

/** What the elements inside a test or a suite make of it, and which counter counts them. */
const MARKS = {
  failure: { outcome: 'failed', counter: 'failures' },
  error: { outcome: 'errored', counter: 'errors' },
  skipped: { outcome: 'skipped', counter: 'skipped' },
} as const;

/** Surefire's tries (https://maven.apache.org/surefire/maven-surefire-plugin/examples/rerun-failing-tests.html). */
const FLAKY: ReadonlySet<string> = new Set(['flakyFailure', 'flakyError']);
const RERUN: ReadonlySet<string> = new Set(['rerunFailure', 'rerunError']);

/** What the program wrote: no part of a message. */
const OUTPUT: ReadonlySet<string> = new Set(['system-out', 'system-err']);

/** Of two marks in one test the one further on stands. */
const WEIGHT: readonly TestOutcome[] = ['passed', 'skipped', 'failed', 'errored'];

/** How many errors of suites are told. */
const MAX_ERRORS = 100;

/**
 * Reads JUnit XML as it is written in the wild: `<testsuites>` or `<testsuite>` as root, suites in
 * suites, Surefire's tries, others' additions skipped. What a suite counts must be what is in it.
 * No input makes it throw.
 */
export class JUnitParser {
  readonly #parser = new SaxesParser();
  readonly #tests: JUnitTest[] = [];
  readonly #errors: string[] = [];
  readonly #room = new ReportRoom();
  /** The suites that are open, outermost first. */
  readonly #suites: { readonly name: string; readonly counters: JUnitCounters }[] = [];
  #depth = 0;
  #test: Pending | null = null;
  #mark: Mark | null = null;
  #output = 0;
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
    } else if (name === 'testsuites' || name === 'testsuite') {
      const outer = this.#suites.at(-1)?.counters ?? null;
      const counters = new JUnitCounters(name, attributes, outer);
      this.#suites.push({ name: name === 'testsuite' ? (attributes['name'] ?? '') : '', counters });
    } else if (name === 'testcase') {
      if (this.#test !== null) this.#malformed = 'a <testcase> stands in another';
      else this.#test = this.#begin(attributes);
    } else if (OUTPUT.has(name)) {
      this.#output += 1;
    } else if (this.#mark === null && (isMark(name) || FLAKY.has(name) || RERUN.has(name))) {
      this.#mark = { name, depth: this.#depth, text: headline(attributes) };
    }
  }

  #close(name: string): void {
    if (this.failed) return;
    this.#sincePiece = 0;
    if (this.#mark?.depth === this.#depth) {
      this.#closeMark(this.#mark);
      this.#mark = null;
    } else if (OUTPUT.has(name)) {
      this.#output -= 1;
    } else if (name === 'testcase' && this.#test !== null) {
      this.#closeTest(this.#test);
      this.#test = null;
    } else if (name === 'testsuites' || name === 'testsuite') {
      this.#closeSuite();
    }
    this.#depth -= 1;
  }

  #closeMark({ name, text }: Mark): void {
    const message = text.trim();
    const test = this.#test;
    if (test === null) {
      if (name !== 'failure' && name !== 'error') return;
      this.#suites.at(-1)?.counters.ownFailure();
      this.#error(message || 'an error without a message');
    } else if (isMark(name)) {
      const { outcome, counter } = MARKS[name];
      test.elements[counter] += 1;
      if (WEIGHT.indexOf(outcome) <= WEIGHT.indexOf(test.outcome)) return;
      test.outcome = outcome;
      test.message = message;
    } else {
      test.tries += 1;
      if (FLAKY.has(name)) test.flaky.push(this.#room.cut(message));
    }
  }

  #closeTest({
    name,
    durationMs,
    location,
    outcome,
    message,
    elements,
    flaky,
    tries,
  }: Pending): void {
    this.#suites.at(-1)?.counters.testcase({ outcome, elements, tries });
    if (!this.#room.admit(name.join(''))) {
      this.#malformed = TOO_MANY_TESTS;
      return;
    }
    this.#tests.push({
      name,
      durationMs,
      location,
      outcome,
      message: message === '' ? null : this.#room.cut(message),
      ...(flaky.length === 0 ? {} : { failedTries: flaky }),
    });
  }

  #closeSuite(): void {
    const counters = this.#suites.pop()?.counters;
    if (counters === undefined) return;
    for (const contradiction of counters.contradictions()) this.#error(contradiction);
    this.#suites.at(-1)?.counters.suite(counters);
  }

  #error(text: string): void {
    if (this.#errors.length < MAX_ERRORS) this.#errors.push(text);
  }

  #text(text: string): void {
    this.#sincePiece = 0;
    const mark = this.#mark;
    if (mark === null || this.#output > 0 || mark.text.length >= MESSAGE_LENGTH) return;
    mark.text = `${mark.text}${text}`.slice(0, MESSAGE_LENGTH);
  }

  #begin(attributes: Readonly<Record<string, string>>): Pending {
    const name = attributes['name'] || '(no name)';
    const owner = attributes['classname'];
    const around = owner ? [owner] : this.#suites.map((suite) => suite.name).filter(Boolean);
    const { file } = attributes;
    return {
      name: [...around, name],
      durationMs: milliseconds(attributes['time']),
      location: file ? { file, line: lineNumber(attributes['line']), column: null } : null,
      outcome: 'passed',
      message: '',
      elements: { failures: 0, errors: 0, skipped: 0 },
      flaky: [],
      tries: 0,
    };
  }
}

function isMark(name: string): name is keyof typeof MARKS {
  return Object.hasOwn(MARKS, name);
}

/** The `message`, above the text below it. */
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
