import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Location } from '../../core/attempt.ts';
import { type Ending, describeEnding } from '../../core/ending.ts';
import type { Unit } from '../../core/unit.ts';
import { boundedLines } from '../bounded-lines.ts';
import type { Collected, Job, JobOutput, Launch } from '../framework.ts';
import { readTail } from '../read-tail.ts';
import { UnitCollector } from '../records.ts';
import { startOf } from '../taken/unit-data.ts';
import { type Declared, declaredTests } from './declared-tests.ts';
import { type GoResults, type GoTest, VerboseStream } from './verbose-stream.ts';

/** How much of stderr is looked through for a panic, in bytes; the stacks of many goroutines. */
const PANIC_BYTES = 1024 * 1024;

/** How much of it becomes a message, in characters. */
const PANIC_LENGTH = 16_384;

/** What the job's one package reported. */
export async function collect(
  job: Job,
  output: JobOutput,
): Promise<ReadonlyMap<string, Collected>> {
  const [unit] = job.units;
  if (unit === undefined) return new Map();
  const start = startOf(unit);
  const collected =
    start === null
      ? await notBuilt(output)
      : await fromStream(start, output, job.suite.projectRoot, unit);
  return new Map([[unit.id, collected]]);
}

async function notBuilt({ stderrFile }: JobOutput): Promise<Collected> {
  const collector = new UnitCollector();
  collector.error(readTail(stderrFile, PANIC_BYTES));
  return collector.finish(true);
}

async function fromStream(
  { argv, cwd }: Launch,
  { ending, stdoutFile, stderrFile }: JobOutput,
  projectRoot: string,
  unit: Unit,
): Promise<Collected> {
  const declared = await declaredTests(cwd);
  const stream = new VerboseStream({
    marked: argv.includes('-test.v=test2json'),
    declared: new Set(declared.keys()),
    repeats: argv.some((word) => /^-test\.(?:count=(?!1$)|cpu=.*,)/.test(word)),
  });
  for await (const line of boundedLines(stdoutFile)) stream.line(line);
  const results = stream.finish();
  const collector = new UnitCollector();
  collector.begun = results.begun;
  collector.ended = results.verdict !== null && ending.signal === null;
  const broken = collector.ended ? null : panicIn(readTail(stderrFile, PANIC_BYTES));
  // A test that panics is reported as failed, and then the panic ends the process.
  const victim = broken === null ? null : results.failedLast;
  for (const test of results.tests) {
    const message = test.name === victim ? `${test.message}\n${broken}`.trim() : test.message;
    collector.test({
      type: 'test',
      unit: null,
      name: test.name.split('/'),
      outcome: test.outcome,
      durationMs: test.durationMs,
      message: test.outcome === 'passed' || message === '' ? null : message,
      location: locate(test, message, declared, { cwd, projectRoot }),
    });
  }
  const error = await unexplained(results, ending, { broken, victim, stderrFile, unit });
  if (error !== null) collector.error(error);
  return collector.finish((ending.exitCode === 0) === !collector.hasFailures);
}

/** What went wrong outside of any test; null where the tests say it all. */
async function unexplained(
  results: GoResults,
  ending: Ending,
  seen: {
    readonly broken: string | null;
    readonly victim: string | null;
    readonly stderrFile: string;
    readonly unit: Unit;
  },
): Promise<string | null> {
  const words = async (): Promise<string> =>
    readTail(seen.stderrFile, PANIC_LENGTH) || describeEnding(ending);
  if (results.verdict === 'FAIL') {
    if (results.tests.some((test) => test.outcome === 'failed')) return null;
    return `${seen.unit.path} failed, though none of its tests did:\n${await words()}`;
  }
  if (results.verdict === 'PASS' || ending.signal !== null || seen.victim !== null) return null;
  if (ending.exitCode === 0 && results.running.length === 0) return null;
  const during = results.running.length === 0 ? '' : `while ${results.running.join(', ')} ran: `;
  return `${during}${seen.broken ?? (await words())}`;
}

/** From the line with which the runtime begins to say why it ends; null where it does not. */
function panicIn(stderr: string): string | null {
  const at = /^(?:panic: |fatal error: |SIG[A-Z]+: |runtime: )/m.exec(stderr)?.index;
  return at === undefined ? null : stderr.slice(at, at + PANIC_LENGTH).trimEnd();
}

/** Where a test says it failed, else where its function stands. */
function locate(
  { name, outcome }: GoTest,
  message: string,
  declared: ReadonlyMap<string, Declared>,
  { cwd, projectRoot }: { readonly cwd: string; readonly projectRoot: string },
): Location | null {
  const inProject = (file: string): string =>
    relative(projectRoot, join(cwd, file)).replaceAll(sep, '/');
  const [file, line] = outcome === 'failed' ? saidPlace(message, cwd) : [];
  // A helper's base name may be that of a file elsewhere.
  if (file !== undefined && existsSync(join(cwd, file))) {
    return { file: inProject(file), line: Number(line), column: null };
  }
  const place = declared.get(name);
  return place === undefined
    ? null
    : { file: inProject(place.file), line: place.line, column: null };
}

/** The first `    a_test.go:12: message`, else the innermost call of the package's own tests. */
function saidPlace(message: string, cwd: string): readonly string[] {
  const said = /^\s+([^\s/:]+\.go):(\d+): /m.exec(message);
  if (said !== null) return said.slice(1);
  for (const line of message.split('\n')) {
    if (!line.startsWith(`\t${cwd}/`)) continue;
    const call = /^([^\s/:]+_test\.go):(\d+)\b/.exec(line.slice(cwd.length + 2));
    if (call !== null) return call.slice(1);
  }
  return [];
}
