import { existsSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import type { Attempt, TestResult } from '../../core/attempt.ts';
import type { KnownUnit, RunRef } from '../../history/history.ts';
import { type OutputStream, outputTail } from '../../report/attempt-output.ts';
import { describeLeak } from '../../report/cases.ts';
import { formatDuration } from '../../report/duration.ts';
import { sanitiseLine } from '../../report/terminal/sanitise.ts';
import type { Theme } from '../../report/terminal/theme.ts';
import { toneOf, whenText } from './words.ts';

/** An attempt with where it belongs. */
export interface AttemptInPlace {
  readonly run: RunRef;
  readonly unit: KnownUnit;
  readonly attempt: Attempt;
  /** The run's directory, absolute; it may have been removed. */
  readonly runDir: string;
  /** The project's root, absolute. */
  readonly root: string;
}

const TAIL_BYTES = 4096;

/** The whole report of an attempt, with the end of what it printed. */
export function attemptView(place: AttemptInPlace, theme: Theme): string {
  const { attempt } = place;
  return [
    ...headLines(place, theme),
    ...section(
      'Tests',
      attempt.tests.flatMap((test) => testLines(test, theme)),
      theme,
    ),
    ...section(
      'Errors',
      attempt.errors.flatMap((error) => gutter(error, theme)),
      theme,
    ),
    ...section('Left behind', attempt.leaks.map(describeLeak).map(sanitiseLine), theme),
    ...section(
      'Evidence',
      attempt.evidence.map((path) => shownPath(path, place)),
      theme,
    ),
    ...outputLines(place, theme),
    '',
  ].join('\n');
}

function headLines({ run, unit, attempt }: AttemptInPlace, theme: Theme): string[] {
  const { retry, verdict, startedAt } = attempt;
  const outcome = theme.paint(toneOf(attempt.outcome), attempt.outcome);
  const title = theme.paint('strong', `attempt ${attempt.number} of ${sanitiseLine(unit.path)}`);
  const fields: [name: string, value: string | null][] = [
    ['id', attempt.id],
    ['unit', unit.id],
    ['run', `${run.number}, ${whenText(run.startedAt)}`],
    ['started', startedAt === null ? 'never' : `${whenText(startedAt)}, in slot ${attempt.slot}`],
    ['ended', startedAt === null ? null : endingText(attempt)],
    ['reason', attempt.reason],
    ['retry', retry === null ? null : `${retry.rule}: ${retry.because}`],
    ['verdict', verdict === null ? null : `${verdict.class}: ${verdict.summary}`],
    ['decided by', listed(verdict?.decidedBy)],
    ['ruled out', listed(verdict?.ruledOut)],
    ['batch', attempt.batchSize > 1 ? `one process for ${attempt.batchSize} units` : null],
  ];
  const lines = fields.flatMap(([name, value]) =>
    value === null ? [] : `  ${theme.paint('dim', name.padEnd(10))}  ${sanitiseLine(value)}`,
  );
  return [`${title}: ${outcome}`, ...lines];
}

function endingText({ exitCode, signal, durationMs }: Attempt): string {
  const how = signal === null ? `exit status ${exitCode ?? 'unknown'}` : `signal ${signal}`;
  return `${how} after ${formatDuration(durationMs)}`;
}

function listed(values: readonly string[] | undefined): string | null {
  return values === undefined || values.length === 0 ? null : values.join('; ');
}

function testLines(test: TestResult, theme: Theme): string[] {
  const { name, occurrence, outcome, durationMs, location, message, failedTries = [] } = test;
  const count = occurrence === 1 ? '' : ` [${occurrence}]`;
  const duration =
    durationMs === null ? '' : theme.paint('dim', ` (${formatDuration(durationMs)})`);
  const line = location?.line ?? null;
  const at = outcome === 'passed' || line === null ? [] : [`at ${location?.file}:${line}`];
  return [
    `${theme.paint(toneOf(outcome), outcome)} ${sanitiseLine(name)}${count}${duration}`,
    ...failedTries.flatMap((text, index) => [
      `  try ${index + 1} ${theme.paint('bad', 'failed')}`,
      ...gutter(text, theme),
    ]),
    ...(message === null ? [] : gutter(message, theme)),
    ...at.map((text) => `  ${sanitiseLine(text)}`),
  ];
}

function outputLines(place: AttemptInPlace, theme: Theme): string[] {
  if (!existsSync(place.runDir)) {
    return ['', "The run's directory was removed, and with it what the attempt printed."];
  }
  const streams: readonly OutputStream[] = ['stdout', 'stderr'];
  const shown = streams.flatMap((stream) => {
    const text = outputTail(place.runDir, place.attempt, stream, TAIL_BYTES);
    return text === null ? [] : section(stream, gutter(text.replace(/\n$/, ''), theme), theme);
  });
  const hint = theme.paint('dim', `All of it: pindown show ${place.attempt.id} --output`);
  return shown.length === 0 ? ['', 'It printed nothing.'] : [...shown, '', hint];
}

function section(title: string, lines: readonly string[], theme: Theme): string[] {
  if (lines.length === 0) return [];
  return ['', theme.paint('strong', title), ...lines.map((line) => `  ${line}`)];
}

function gutter(text: string, theme: Theme): string[] {
  return text.split(/\r\n|[\n\r]/).map((line) => `  ${theme.gutter}${sanitiseLine(line)}`);
}

function shownPath(path: string, { root, runDir }: AttemptInPlace): string {
  return sanitiseLine(isAbsolute(path) ? path : relative(root, join(runDir, path)));
}
