import { existsSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import type { Location } from '../../core/attempt.ts';
import { type Ending, describeEnding } from '../../core/ending.ts';
import { isSystemError } from '../../core/errors.ts';
import type { Unit } from '../../core/unit.ts';
import { boundedLines } from '../bounded-lines.ts';
import type { Collected, Job, JobOutput } from '../framework.ts';
import { readTail } from '../read-tail.ts';
import { UnitCollector } from '../records.ts';
import { logFile } from './command.ts';
import { LibtestLog, type RustTest } from './libtest-log.ts';
import { DocResults, Sections, announced } from './libtest-output.ts';

/** How much of what a failed program wrote last becomes its message, in bytes. */
const LAST_WORDS = 4_096;

/** How much of a compiler's errors is kept, in bytes from their end. */
const ERROR_BYTES = 65_536;

/** What the job's one binary reported. */
export async function collect(
  job: Job,
  output: JobOutput,
): Promise<ReadonlyMap<string, Collected>> {
  const [unit] = job.units;
  if (unit === undefined) return new Map();
  const collector = new UnitCollector();
  const { harness } = unit.data;
  switch (harness) {
    case 'libtest':
      await fromLibtest(collector, unit, job, output);
      break;
    case 'rustdoc':
      await fromRustdoc(collector, unit, job, output);
      break;
    case 'none':
      fromExit(collector, unit, output);
      break;
    default:
      // It could not be built; its process said why.
      collector.error(readTail(output.stderrFile, ERROR_BYTES));
      return new Map([[unit.id, collector.finish(true)]]);
  }
  const agrees = (output.ending.exitCode === 0) === !collector.hasFailures;
  return new Map([[unit.id, collector.finish(agrees)]]);
}

async function fromLibtest(
  collector: UnitCollector,
  unit: Unit,
  job: Job,
  { ending, stdoutFile, stderrFile }: JobOutput,
): Promise<void> {
  const log = new LibtestLog();
  for await (const line of linesIfThere(logFile(job))) log.line(line);
  const tests = log.finish();
  const sections = new Sections(namesOfFailures(tests));
  let due: number | null = null;
  for await (const line of boundedLines(stdoutFile)) {
    due ??= announced(line);
    sections.line(line);
  }
  const distinct = new Set(tests.map(({ name }) => name)).size === tests.length;
  collector.begun = due !== null;
  collector.ended = due === tests.length && distinct && ending.signal === null;
  report(collector, tests, sections, { unit, job, split: true });
  if (!collector.ended) sayWhyNot(collector, due, tests.length, ending, stderrFile);
}

async function fromRustdoc(
  collector: UnitCollector,
  unit: Unit,
  job: Job,
  { ending, stdoutFile, stderrFile }: JobOutput,
): Promise<void> {
  const results = new DocResults();
  for await (const line of boundedLines(stdoutFile)) results.line(line);
  const { begun, tests } = results.finish();
  const sections = new Sections(namesOfFailures(tests));
  for await (const line of boundedLines(stdoutFile)) sections.line(line);
  const due = Number(unit.data['count']);
  collector.begun = begun;
  collector.ended = tests.length === due && ending.signal === null;
  report(collector, tests, sections, { unit, job, split: false });
  if (!collector.ended) sayWhyNot(collector, due, tests.length, ending, stderrFile);
}

/** One test, named by the binary: what the exit status says is all there is to know. */
function fromExit(
  collector: UnitCollector,
  unit: Unit,
  { ending, stdoutFile, stderrFile }: JobOutput,
): void {
  collector.begun = true;
  collector.ended = ending.signal === null;
  if (!collector.ended) return;
  const passed = ending.exitCode === 0;
  const words = passed ? '' : readTail(stderrFile, LAST_WORDS) || readTail(stdoutFile, LAST_WORDS);
  collector.test({
    type: 'test',
    unit: null,
    name: [unit.path],
    outcome: passed ? 'passed' : 'failed',
    durationMs: null,
    message: passed ? null : `${describeEnding(ending)}\n${words}`.trim(),
    location: null,
  });
}

function sayWhyNot(
  collector: UnitCollector,
  due: number | null,
  reported: number,
  ending: Ending,
  stderrFile: string,
): void {
  if (ending.signal !== null) return;
  const words = readTail(stderrFile, LAST_WORDS) || describeEnding(ending);
  collector.error(
    due === null
      ? `no test began: ${words}`
      : `${reported} of ${due} tests were reported when it ended: ${words}`,
  );
}

function report(
  collector: UnitCollector,
  tests: readonly RustTest[],
  sections: Sections,
  { unit, job, split }: { readonly unit: Unit; readonly job: Job; readonly split: boolean },
): void {
  for (const { name, outcome, note } of tests) {
    const wrote = outcome === 'failed' ? sections.text(name) : null;
    const message = [note, wrote].filter((part) => part !== null).join('\n');
    collector.test({
      type: 'test',
      unit: null,
      name: split ? name.split('::') : [name],
      outcome,
      durationMs: null,
      message: message === '' ? null : message,
      location: locate(split ? (wrote ?? '') : name, unit, job.suite.projectRoot),
    });
  }
}

function namesOfFailures(tests: readonly RustTest[]): string[] {
  return tests.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
}

/** Where a panic came from (the older form quotes its message first), or a doc test stands. */
const PLACES = [
  /panicked at ([^\s'][^\n:]*):(\d+):(\d+):?$/m,
  /', ([^\n':]+):(\d+):(\d+)$/m,
  /^(.+?) - .*\(line (\d+)\)$/,
];

/** Compilers name files from the workspace's root, older rustdocs from the package's. */
function locate(text: string, unit: Unit, projectRoot: string): Location | null {
  const { root = projectRoot, home = root } = unit.data;
  for (const place of PLACES) {
    const [, file, line, column] = place.exec(text) ?? [];
    if (file === undefined) continue;
    const found = [resolve(root, file), resolve(home, file)].find((one) => existsSync(one));
    const path = found === undefined ? '..' : relative(projectRoot, found);
    if (path.startsWith('..')) continue;
    return {
      file: path.replaceAll(sep, '/'),
      line: Number(line),
      column: column === undefined ? null : Number(column),
    };
  }
  return null;
}

async function* linesIfThere(file: string): AsyncGenerator<string> {
  try {
    yield* boundedLines(file);
  } catch (error) {
    if (!(isSystemError(error) && error.code === 'ENOENT')) throw error;
  }
}
