import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt } from '../../../src/core/attempt.ts';
import { type Report, readReport } from '../project.ts';
import { BIN, type Ran, runBin, runProgram } from '../run-bin.ts';

/** What a run came to. */
export interface RanUnits extends Ran {
  readonly report: Report;
}

/** What the runs of executable units are started with; `run` and what is done to it come first. */
const EACH_BY_ITSELF = ['--out', 'out', '--', '{unit}'];

/** Makes files of a project executable. */
export function executable(dir: string, ...paths: readonly string[]): void {
  for (const path of paths) chmodSync(join(dir, path), 0o755);
}

/** Runs executable units, each by itself. */
export async function runUnits(dir: string, options: readonly string[]): Promise<RanUnits> {
  return withReport(dir, await runBin(dir, ['run', ...options, ...EACH_BY_ITSELF]));
}

/**
 * Runs executable units under a shell that has done something to itself before: a limit lowered, a
 * control group entered.
 */
export async function runUnitsUnder(
  dir: string,
  shell: string,
  options: readonly string[],
): Promise<RanUnits> {
  const words = [process.execPath, BIN, 'run', ...options, ...EACH_BY_ITSELF];
  const ran = await runProgram(dir, ['sh', '-c', `${shell}; exec "$@"`, 'sh', ...words]);
  return withReport(dir, ran);
}

/**
 * As {@link runUnits}, with JavaScript in Pindown's own process around the starts of one unit.
 *
 * @param around the text of an object with `before` and `after` (see wrap-starts.cjs)
 * @param shell as in {@link runUnitsUnder}
 */
export async function runWrapped(
  dir: string,
  unit: string,
  around: string,
  { options = [], shell = ':' }: { options?: readonly string[]; shell?: string } = {},
): Promise<RanUnits> {
  const wrapper = JSON.stringify(join(import.meta.dirname, 'wrap-starts.cjs'));
  const preload = join(dir, 'around.cjs');
  writeFileSync(
    preload,
    `const fs = require('node:fs');\nrequire(${wrapper}).wrapStarts(${JSON.stringify(unit)}, ${around});\n`,
  );
  const words = [process.execPath, '--require', preload, BIN, 'run', unit, ...options];
  const argv = ['sh', '-c', `${shell}; exec "$@"`, 'sh', ...words, ...EACH_BY_ITSELF] as const;
  return withReport(dir, await runProgram(dir, argv));
}

/** The attempts of the only unit of that path. */
export function attemptsOf(report: Report, path: string): readonly Attempt[] {
  return report.units.find((unit) => unit.path === path)?.attempts ?? [];
}

/** `outcome by rule` of each attempt; without a rule where none excused it. */
export function courseOf(attempts: readonly Attempt[]): string[] {
  return attempts.map(({ outcome, retry }) =>
    retry === null ? outcome : `${outcome} by ${retry.rule}`,
  );
}

function withReport(dir: string, ran: Ran): RanUnits {
  return { ...ran, report: readReport(join(dir, 'out', 'report.json')) };
}
