import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { UnitResult } from '../../src/core/attempt.ts';
import type { Totals } from '../../src/core/run.ts';
import { scratchDirectory } from '../report/scratch.ts';
import { runBin } from './run-bin.ts';

const scratch = scratchDirectory();

/** A `report.json`, as far as tests of the command line look at it. */
export interface Report {
  readonly run: {
    readonly id: string;
    readonly isolation?: string;
    readonly number: number | null;
    readonly exitCode: number;
    readonly stopped: string | null;
  };
  readonly totals: Totals;
  readonly units: readonly UnitResult[];
}

/** A project of shell scripts in an empty directory of its own. */
export function shellProject(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(scratch, 'project-'));
  for (const [path, text] of Object.entries({ 'pindown.toml': '', ...files })) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

/** Runs `pindown run 'u/*.sh' OPTIONS -- sh {unit}` and reads its report. */
export async function runShell(
  dir: string,
  options: readonly string[] = [],
): Promise<{
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly report: Report;
}> {
  const ran = await runBin(dir, [
    'run',
    'u/*.sh',
    '--out',
    'out',
    ...options,
    '--',
    'sh',
    '{unit}',
  ]);
  return { ...ran, report: readReport(join(dir, 'out', 'report.json')) };
}

export function readReport(file: string): Report {
  return JSON.parse(readFileSync(file, 'utf8')) as Report;
}

/** `path: outcome` of every unit, sorted. */
export function outcomes(report: Report): Record<string, string> {
  return Object.fromEntries(
    report.units
      .map(({ path, outcome }) => [path, outcome] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Planned = the sum of the outcomes, and each unit is there once. */
export function conserved(report: Report): boolean {
  const { planned, tests, testsRun, testsFailed, ...counts } = report.totals;
  const sum = Object.values(counts).reduce((total, count) => total + count, 0);
  const distinct = new Set(report.units.map(({ id }) => id)).size;
  return (
    sum === planned &&
    report.units.length === planned &&
    distinct === planned &&
    testsRun <= tests &&
    testsFailed <= testsRun
  );
}
