import type { TestOutcome } from '../../core/outcome.ts';
import { MESSAGE_LENGTH } from '../records.ts';
import { type Frame, markedFrame, unmarkedFrame } from './frame.ts';

export interface GoTest {
  /** As Go writes it: `TestOuter/inner/deeper`. */
  readonly name: string;
  readonly outcome: TestOutcome;
  readonly durationMs: number;
  /** What a test that did not pass wrote. */
  readonly message: string;
}

export interface GoResults {
  readonly begun: boolean;
  /** The last word of the binary, after which nothing was left open; null where it never came. */
  readonly verdict: 'PASS' | 'FAIL' | null;
  readonly tests: readonly GoTest[];
  /** Tests that had begun and neither ended nor waited for their turn; innermost only. */
  readonly running: readonly string[];
  /** The innermost test that was reported failed when the stream broke off, as before a panic. */
  readonly failedLast: string | null;
}

/** How the binary was started, and what it can hold. */
export interface StreamOptions {
  /** `-test.v=test2json` (Go 1.20 and newer): what counts is marked by ^V. */
  readonly marked: boolean;
  /** Names of the functions that the test files declare. */
  readonly declared: ReadonlySet<string>;
  /** `-count` or `-cpu` lets each test run more than once. */
  readonly repeats: boolean;
}

/** One run of one test. */
interface Run {
  readonly name: string;
  open: boolean;
  paused: boolean;
  outcome: TestOutcome;
  durationMs: number;
  written: string;
}

const OUTCOMES = { PASS: 'passed', FAIL: 'failed', SKIP: 'skipped' } as const;

/** Of two results for one run the one further on stands. */
const WEIGHT: readonly TestOutcome[] = ['skipped', 'passed', 'failed', 'errored'];

/**
 * Reads what a test binary writes under `-test.v`, line by line, after cmd/internal/test2json.
 *
 * Without marks a test can print what looks like a result. So a line counts only where it can be
 * one, else it is output: a test is declared in a test file, begins once, inside of its parent,
 * and ends after it began; the last word comes when none is open. What is told twice counts as the
 * worse. So noise can make a result worse than it was, never better: the exit status then
 * contradicts it.
 */
export class VerboseStream {
  readonly #options: StreamOptions;
  readonly #runs: Run[] = [];
  readonly #latest = new Map<string, Run>();
  #open = 0;
  #current: Run | null = null;
  #verdict: GoResults['verdict'] = null;
  /** Names of the results in a row that say FAIL, up to the last one. */
  #failures: string[] = [];

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  line(line: string): void {
    const { text, frame } = this.#options.marked ? markedFrame(line) : unmarkedFrame(line);
    if (frame !== null && this.#apply(frame)) {
      if (text !== '') this.#write(text);
      return;
    }
    this.#write(line);
  }

  finish(): GoResults {
    const running = this.#runs.filter(({ open, paused }) => open && !paused);
    return {
      begun: this.#runs.length > 0 || this.#verdict !== null,
      verdict: this.#verdict,
      tests: this.#runs
        .filter(({ open }) => !open)
        .map(({ name, outcome, durationMs, written }) => ({
          name,
          outcome,
          durationMs,
          message: written.trimEnd(),
        })),
      running: running
        .map(({ name }) => name)
        .filter((name) => !running.some((other) => other.name.startsWith(`${name}/`))),
      failedLast: this.#failures.toSorted((a, b) => depth(b) - depth(a))[0] ?? null,
    };
  }

  #apply(frame: Frame): boolean {
    if ('verdict' in frame) return this.#end(frame.verdict);
    switch (frame.action) {
      case 'RUN':
        return this.#begin(frame.name);
      case 'PAUSE':
      case 'CONT':
      case 'NAME':
        return this.#turnTo(frame.name, frame.action === 'PAUSE');
      case 'PASS':
      case 'FAIL':
      case 'SKIP':
        return this.#result(frame.name, OUTCOMES[frame.action], frame.durationMs);
    }
  }

  #begin(name: string): boolean {
    const before = this.#latest.get(name);
    if (!this.#options.marked && !this.#canBegin(name, before)) return false;
    const run: Run = {
      name,
      open: true,
      paused: false,
      outcome: 'passed',
      durationMs: 0,
      written: '',
    };
    this.#runs.push(run);
    this.#latest.set(name, run);
    this.#open += 1;
    this.#current = run;
    this.#failures = [];
    this.#verdict = null;
    return true;
  }

  #canBegin(name: string, before: Run | undefined): boolean {
    if (before !== undefined && (before.open || !this.#options.repeats)) return false;
    const slash = name.lastIndexOf('/');
    if (slash === -1) return this.#options.declared.has(name);
    // A subtest's own name may hold slashes: any open test above it will do.
    for (let end = slash; end > 0; end = name.lastIndexOf('/', end - 1)) {
      if (this.#latest.get(name.slice(0, end))?.open === true) return true;
    }
    return false;
  }

  #turnTo(name: string, paused: boolean): boolean {
    const run = this.#latest.get(name);
    if (run === undefined || !run.open) return false;
    run.paused = paused;
    this.#current = run;
    this.#failures = [];
    return true;
  }

  #result(name: string, outcome: TestOutcome, durationMs: number): boolean {
    const run = this.#latest.get(name);
    if (run === undefined) return false;
    if (run.open) {
      run.open = false;
      run.outcome = outcome;
      this.#open -= 1;
    } else if (WEIGHT.indexOf(outcome) > WEIGHT.indexOf(run.outcome)) {
      run.outcome = outcome;
    }
    run.durationMs = durationMs;
    // An example says what it got and wanted after its result.
    this.#current = run;
    this.#failures = outcome === 'failed' ? [...this.#failures, name] : [];
    if (run.outcome === 'passed') run.written = '';
    return true;
  }

  #end(verdict: 'PASS' | 'FAIL'): boolean {
    if (this.#open > 0) return false;
    this.#verdict = verdict;
    this.#current = null;
    this.#failures = [];
    return true;
  }

  #write(text: string): void {
    const run = this.#current;
    if (run === null || (!run.open && run.outcome === 'passed')) return;
    if (run.written.length < MESSAGE_LENGTH) {
      run.written = `${run.written}${text}\n`.slice(0, MESSAGE_LENGTH);
    }
  }
}

function depth(name: string): number {
  return name.split('/').length;
}
