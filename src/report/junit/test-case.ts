import { type Case, type CaseResult, isBad } from '../cases.ts';
import { errorClass, messageLine } from '../message.ts';
import { seconds } from './seconds.ts';
import { element, escapeText } from './xml.ts';

/** The captured output of the attempts, as the elements that carry it; each attempt's only once. */
export type OutputOf = (result: CaseResult) => string;

/** The order in which Surefire's schema wants the elements of a case. */
const ORDER = [
  'failure',
  'rerunFailure',
  'flakyFailure',
  'skipped',
  'error',
  'rerunError',
  'flakyError',
] as const;

type ResultElement = (typeof ORDER)[number];

/**
 * A `<testcase>` after Surefire's conventions
 * (https://maven.apache.org/surefire/maven-surefire-plugin/examples/rerun-failing-tests.html): a
 * flaky case is a success with a `flakyFailure` or `flakyError` for each attempt that failed; a
 * failed one has the first failure whole and the later ones as `rerunFailure` or `rerunError`.
 *
 * @param file the unit's file, where the test does not say its own
 */
export function testCase(
  entry: Case,
  classname: string,
  file: string | null,
  outputOf: OutputOf,
): string {
  const last = entry.results.at(-1);
  const location = entry.results.find((result) => result.location !== null)?.location ?? null;
  const written = new Map<ResultElement, string[]>();
  const add = (name: ResultElement, markup: string): void => {
    written.set(name, [...(written.get(name) ?? []), markup]);
  };
  let output = '';
  const bad = entry.results.filter(isBad);
  switch (entry.status) {
    case 'passed':
      break;
    case 'skipped': {
      const message = last?.message ?? null;
      add('skipped', element('skipped', { message: messageLine(message) }));
      break;
    }
    case 'flaky':
      for (const result of bad) {
        const name = result.outcome === 'failed' ? 'flakyFailure' : 'flakyError';
        add(name, earlierResult(name, result, outputOf));
      }
      break;
    case 'failed':
    case 'errored': {
      // The element of the final failure's kind, so that the counters can be read off the cases.
      const name = entry.status === 'failed' ? 'failure' : 'error';
      const [first, ...later] = bad;
      if (first === undefined) break;
      add(name, element(name, problem(first), escapeText(first.message ?? first.word)));
      output = outputOf(first);
      for (const result of later) {
        const again = result.outcome === 'failed' ? 'rerunFailure' : 'rerunError';
        add(again, earlierResult(again, result, outputOf));
      }
      break;
    }
  }
  const attributes = {
    name: entry.name,
    classname,
    file: location?.file ?? file,
    line: location?.line ?? null,
    time: seconds(last?.durationMs ?? null),
  };
  const results = ORDER.flatMap((name) => written.get(name) ?? []).join('');
  return element('testcase', attributes, results + output);
}

function earlierResult(name: ResultElement, result: CaseResult, outputOf: OutputOf): string {
  const trace = element('stackTrace', {}, escapeText(result.message ?? result.word));
  const attributes = { ...problem(result), time: seconds(result.durationMs) };
  return element(name, attributes, trace + outputOf(result));
}

function problem(result: CaseResult): { message: string; type: string } {
  return {
    message: messageLine(result.message) ?? result.word,
    type: errorClass(result.message) ?? result.word,
  };
}
