import { existsSync } from 'node:fs';
import type { Location, TestResult } from '../core/attempt.ts';
import { readLines } from '../core/lines.ts';
import { TEST_OUTCOMES, type TestOutcome } from '../core/outcome.ts';
import type { Collected } from './framework.ts';

/**
 * The channel for results, version 1: the reporter or plugin that Pindown loads appends one JSON
 * object per line to the job's results file, each in one synchronous write, so that a crash loses
 * nothing that was reported. Tests can't write into it by accident: its name is not in their
 * environment (its directory is, and the token: a record must carry its attempt's id, which
 * `PINDOWN_ATTEMPT_ID` is).
 *
 * - `{a, type: 'begin'}` once, when the reporter is loaded
 * - `{a, type: 'unit-begin', unit}` and `{a, type: 'unit-end', unit}` in batches
 * - `{a, type: 'unit-died', unit}` in batches, in place of its end: the framework's own process goes
 *   on, but what ran the unit is gone, and nothing more will come of it
 * - `{a, type: 'unit-worker', unit, pid}` in batches, where one of the framework's processes was given
 *   the unit: its pid, as the framework's own process sees it
 * - `{a, type: 'test', unit, name: string[], outcome, durationMs, message, file, line, column,
 *   failedTries: string[]}`
 * - `{a, type: 'unseen', message}` where the framework did not find the file of its one unit
 * - `{a, type: 'error', unit, message}` for a failure outside any test
 * - `{a, type: 'rest'}` where every test that was declared has ended, and nobody can know whether
 *   another will be declared: any record that follows says that it was
 * - `{a, type: 'end'}` once, when the framework has reported everything
 *
 * `a` is the job's token. `unit` is the file's absolute path, left out where the process runs one
 * unit. All but `a`, `type`, `name`, `outcome` and `unit` may be left out or null.
 */
export type ResultRecord =
  | { readonly type: 'begin' | 'end' | 'rest' }
  | { readonly type: 'unit-begin' | 'unit-end' | 'unit-died'; readonly unit: string }
  | { readonly type: 'unit-worker'; readonly unit: string; readonly pid: number }
  | {
      readonly type: 'test';
      readonly unit: string | null;
      readonly name: readonly string[];
      readonly outcome: TestOutcome;
      readonly durationMs: number | null;
      readonly message: string | null;
      readonly location: Location | null;
      /** See {@link TestResult}. */
      readonly failedTries?: readonly string[];
    }
  | { readonly type: 'unseen'; readonly message: string }
  | { readonly type: 'error'; readonly unit: string | null; readonly message: string };

/** A line of a results file: a record, or why it was refused. */
export type ParsedLine = { readonly record: ResultRecord } | { readonly refused: string };

/** How much of a refused line is kept. */
const REFUSED_LENGTH = 300;

/** How much of a failure's message is kept, in characters; the output on disk has the rest. */
export const MESSAGE_LENGTH = 65_536;

/** Parses one line of a results file; never throws. */
export function parseRecord(line: string, token: string): ParsedLine {
  const refuse = (why: string): ParsedLine => ({
    refused: `${why}: ${line.slice(0, REFUSED_LENGTH)}`,
  });
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return refuse('not JSON');
  }
  if (typeof value !== 'object' || value === null) return refuse('not an object');
  const raw = value as Record<string, unknown>;
  if (raw['a'] !== token) return refuse(`written by another attempt (${String(raw['a'])})`);
  const unit = typeof raw['unit'] === 'string' ? raw['unit'] : null;
  switch (raw['type']) {
    case 'begin':
    case 'end':
    case 'rest':
      return { record: { type: raw['type'] } };
    case 'unit-begin':
    case 'unit-end':
    case 'unit-died':
      return unit === null ? refuse('no unit') : { record: { type: raw['type'], unit } };
    case 'unit-worker': {
      const pid = amount(raw['pid']);
      if (unit === null || pid === null) return refuse('no unit or no pid');
      return { record: { type: 'unit-worker', unit, pid } };
    }
    case 'unseen':
      return { record: { type: 'unseen', message: text(raw['message']) ?? 'no message' } };
    case 'error':
      return { record: { type: 'error', unit, message: text(raw['message']) ?? 'no message' } };
    case 'test': {
      const name = raw['name'];
      const outcome = TEST_OUTCOMES.find((known) => known === raw['outcome']);
      if (!Array.isArray(name) || name.length === 0 || outcome === undefined) {
        return refuse('not a test');
      }
      const file = raw['file'];
      return {
        record: {
          type: 'test',
          unit,
          name: name.map(String),
          outcome,
          durationMs: amount(raw['durationMs']),
          message: text(raw['message']),
          location:
            typeof file === 'string'
              ? { file, line: amount(raw['line']), column: amount(raw['column']) }
              : null,
          ...triesOf(raw['failedTries']),
        },
      };
    }
    default:
      return refuse('unknown type');
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value.slice(0, MESSAGE_LENGTH) : null;
}

function triesOf(value: unknown): Pick<TestResult, 'failedTries'> {
  if (!Array.isArray(value) || value.length === 0) return {};
  return { failedTries: value.map((each) => text(each) ?? '') };
}

function amount(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

/** Collects the records of one unit: counts the occurrences of a name, joins its parts. */
export class UnitCollector {
  readonly #tests: TestResult[] = [];
  readonly #errors: string[] = [];
  readonly #refused: string[] = [];
  readonly #occurrences = new Map<string, number>();
  begun = false;
  ended = false;
  unseen: string | null = null;

  test(record: Extract<ResultRecord, { type: 'test' }>): void {
    const name = record.name.join(' > ');
    const occurrence = (this.#occurrences.get(name) ?? 0) + 1;
    this.#occurrences.set(name, occurrence);
    const { outcome, durationMs, message, location, failedTries } = record;
    this.#tests.push({
      name,
      occurrence,
      outcome,
      durationMs,
      message,
      location,
      ...(failedTries === undefined ? {} : { failedTries }),
    });
  }

  error(message: string): void {
    this.#errors.push(message);
  }

  refuse(line: string): void {
    this.#refused.push(line);
  }

  get hasFailures(): boolean {
    return (
      this.#errors.length > 0 ||
      this.#tests.some((test) => test.outcome === 'failed' || test.outcome === 'errored')
    );
  }

  finish(exitAgrees: boolean): Collected {
    return {
      begun: this.begun,
      ended: this.ended,
      tests: this.#tests,
      errors: this.#errors,
      unseen: this.unseen,
      exitAgrees,
      refused: this.#refused,
    };
  }
}

/** The lines of a results file that hold anything; a file that is not there has none. */
export async function* resultLines(file: string): AsyncGenerator<string> {
  if (!existsSync(file)) return;
  for await (const line of readLines(file)) if (line.text !== '') yield line.text;
}

/** Reads the results file of a process that ran one unit. */
export async function collectSingle(
  file: string,
  token: string,
  agrees: (collector: UnitCollector) => boolean,
): Promise<Collected> {
  const collector = new UnitCollector();
  for await (const line of resultLines(file)) {
    const parsed = parseRecord(line, token);
    if ('refused' in parsed) collector.refuse(parsed.refused);
    else applyRecord(collector, parsed.record);
  }
  return collector.finish(agrees(collector));
}

/** Lays a record of a process that ran one unit at it. */
export function applyRecord(collector: UnitCollector, record: ResultRecord): void {
  switch (record.type) {
    case 'begin':
      collector.begun = true;
      break;
    case 'end':
      collector.ended = true;
      break;
    case 'rest':
    case 'unit-begin':
    case 'unit-end':
    case 'unit-died':
    case 'unit-worker':
      break;
    case 'test':
      collector.test(record);
      break;
    case 'unseen':
      collector.unseen = record.message;
      break;
    case 'error':
      collector.error(record.message);
      break;
  }
}
