import type { UnitResult } from '../../core/attempt.ts';
import type { RunInfo } from '../../core/run.ts';
import { type OutputStream, outputPath, outputTail } from '../attempt-output.ts';
import { type CaseResult, casesOf } from '../cases.ts';
import { unitFile } from '../unit-file.ts';
import { type Counters, countCase, zeroCounters } from './counters.ts';
import { seconds } from './seconds.ts';
import { testCase } from './test-case.ts';
import { cleanText, element, escapeText } from './xml.ts';

/** How much of each stream of a failed attempt is taken into the document, in bytes. */
const OUTPUT_BYTES = 65_536;

/** A finished unit as a `<testsuite>` with its counters. */
export function testSuite(
  unit: UnitResult,
  run: RunInfo,
  runDir: string,
): { readonly markup: string; readonly counters: Counters } {
  const counters = zeroCounters();
  const outputOf = outputOnce(runDir);
  const file = unitFile(unit);
  const cases = casesOf(unit, cleanText).map((entry) => {
    countCase(counters, entry);
    return `\n    ${testCase(entry, unit.path, file, outputOf)}`;
  });
  const attributes = {
    name: unit.id,
    ...counters,
    time: seconds(unit.durationMs),
    timestamp: unit.attempts[0]?.startedAt ?? null,
    hostname: run.host.name,
    file,
  };
  const content = `\n    ${properties(unit, run)}${cases.join('')}\n  `;
  return { markup: `  ${element('testsuite', attributes, content)}\n`, counters };
}

function properties(unit: UnitResult, run: RunInfo): string {
  const pairs: [string, string][] = [
    ['pindown.run', run.id],
    ['pindown.suite', unit.suite],
    ['pindown.framework', unit.framework],
    ['pindown.outcome', unit.outcome],
    ...unit.attempts.map((attempt): [string, string] => [
      `pindown.attempt.${attempt.number}`,
      `${attempt.id} ${attempt.outcome}`,
    ]),
    ...unit.attempts.flatMap(({ number, retry }): [string, string][] =>
      retry === null ? [] : [[`pindown.excused.${number}`, `${retry.rule}: ${retry.because}`]],
    ),
  ];
  const written = pairs.map(([name, value]) => element('property', { name, value }));
  return element('properties', {}, written.join(''));
}

/**
 * An attempt's output belongs to all of its tests: the first failure of the attempt carries its
 * tail, the others only name the file (in the notation that Jenkins and GitLab link).
 */
function outputOnce(runDir: string): (result: CaseResult) => string {
  const shown = new Set<string>();
  return ({ attempt }) => {
    if (attempt === null || attempt.startedAt === null) return '';
    const first = !shown.has(attempt.id);
    shown.add(attempt.id);
    const stream = (name: OutputStream): string => {
      const text = first
        ? outputTail(runDir, attempt, name, OUTPUT_BYTES)
        : `[[ATTACHMENT|${outputPath(attempt, name)}]]`;
      return text === null ? '' : element(`system-${name.slice(3)}`, {}, escapeText(text));
    };
    return stream('stdout') + (first ? stream('stderr') : '');
  };
}
