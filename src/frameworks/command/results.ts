import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Location } from '../../core/attempt.ts';
import { type Ending, describeEnding } from '../../core/ending.ts';
import type { Unit } from '../../core/unit.ts';
import { boundedLines } from '../bounded-lines.ts';
import type { Collected, Job, JobOutput, Suite } from '../framework.ts';
import { readJUnit } from '../junit.ts';
import { projectLocation } from '../project-path.ts';
import { readTail } from '../read-tail.ts';
import { type ResultRecord, UnitCollector } from '../records.ts';
import { type TapDocument, TapParser } from '../tap.ts';
import { junitFile, resultsMode } from './mode.ts';

/** How much of what a failed program wrote last becomes its message, in bytes. */
const LAST_WORDS = 4_096;

/** Where the results of a unit are. */
type Channel =
  | { readonly kind: 'junit' }
  | { readonly kind: 'tap'; readonly document: TapDocument }
  | { readonly kind: 'exit' }
  | { readonly kind: 'unclear'; readonly because: string };

/**
 * What the job's one unit reported: in the JUnit file where it wrote one, else in TAP on stdout
 * where the whole of it reads as TAP, wherever that begins, else by its exit status alone.
 */
export async function collect(
  job: Job,
  output: JobOutput,
): Promise<ReadonlyMap<string, Collected>> {
  const [unit] = job.units;
  if (unit === undefined) return new Map();
  const collector = new UnitCollector();
  const channel = await channelOf(job, output);
  switch (channel.kind) {
    case 'junit':
      await fromJUnit(collector, job);
      break;
    case 'tap':
      fromTap(collector, unit, channel.document);
      break;
    case 'unclear':
      if (output.ending.exitCode === 0) {
        fromDoubt(collector, channel.because);
        break;
      }
      await fromExit(collector, unit, output);
      break;
    case 'exit':
      await fromExit(collector, unit, output);
      break;
  }
  // A program that died reported no end, whatever it had written by then.
  collector.ended &&= output.ending.signal === null;
  const agrees = output.ending.exitCode === 0 ? !collector.hasFailures : collector.hasFailures;
  return new Map([[unit.id, collector.finish(agrees)]]);
}

async function channelOf(job: Job, { stdoutFile }: JobOutput): Promise<Channel> {
  const mode = resultsMode(job.suite);
  switch (mode) {
    case 'exit':
    case 'junit':
      return { kind: mode };
    case 'tap':
      return { kind: 'tap', document: await readTap(stdoutFile) };
    case 'auto': {
      if (sizeOf(junitFile(job)) !== null) return { kind: 'junit' };
      // Most programs say nothing, and then nothing is to be read.
      if (sizeOf(stdoutFile) === 0) return { kind: 'exit' };
      const document = await readTap(stdoutFile);
      switch (document.likeness.kind) {
        case 'tap':
          return { kind: 'tap', document };
        case 'none':
          return { kind: 'exit' };
        case 'unclear':
          return document.likeness;
      }
    }
  }
}

/** Of a file in bytes; null where it is not there. */
function sizeOf(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.size ?? null;
}

async function fromJUnit(collector: UnitCollector, job: Job): Promise<void> {
  const file = junitFile(job);
  if (sizeOf(file) === null) {
    collector.error('no JUnit file was written: its path is in the environment, PINDOWN_JUNIT');
    return;
  }
  const { tests, errors, malformed } = await readJUnit(file);
  collector.begun = true;
  collector.ended = malformed === null;
  for (const test of tests) {
    collector.test(record({ ...test, location: located(test.location, job.suite) }));
  }
  for (const error of errors) collector.error(error);
  if (malformed !== null) collector.error(`the JUnit file can't be read: ${malformed}`);
}

async function readTap(stdoutFile: string): Promise<TapDocument> {
  const parser = new TapParser();
  for await (const line of boundedLines(stdoutFile)) parser.line(line);
  return parser.finish();
}

function fromTap(
  collector: UnitCollector,
  unit: Unit,
  { begun, complete, tests, skippedAll, problems }: TapDocument,
): void {
  collector.begun = begun;
  collector.ended = complete;
  for (const test of tests) collector.test(record({ ...test, location: null }));
  if (skippedAll !== null) {
    collector.test(
      record({
        name: [unit.path],
        outcome: 'skipped',
        durationMs: null,
        message: skippedAll || null,
        location: null,
      }),
    );
  }
  for (const problem of problems) collector.error(problem);
}

/** Success by its exit status, but its output may be a report of something else. */
function fromDoubt(collector: UnitCollector, because: string): void {
  collector.begun = true;
  collector.ended = true;
  collector.error(
    `stdout may be TAP that is not whole: ${because}; if it is not meant as TAP, ` +
      'say results = "exit" in the [[suite]] of pindown.toml',
  );
}

/** One test, named by the unit: what the exit status says is all there is to know. */
async function fromExit(
  collector: UnitCollector,
  unit: Unit,
  { ending, stdoutFile, stderrFile }: JobOutput,
): Promise<void> {
  collector.begun = true;
  if (ending.signal !== null) return;
  collector.ended = true;
  const passed = ending.exitCode === 0;
  collector.test(
    record({
      name: [unit.path],
      outcome: passed ? 'passed' : 'failed',
      durationMs: null,
      message: passed ? null : await explanation(ending, stdoutFile, stderrFile),
      location: null,
    }),
  );
}

async function explanation(ending: Ending, ...files: readonly string[]): Promise<string> {
  for (const file of files.toReversed()) {
    const words = readTail(file, LAST_WORDS);
    if (words !== '') return `${describeEnding(ending)}\n${words}`;
  }
  return describeEnding(ending);
}

type TestRecord = Extract<ResultRecord, { type: 'test' }>;

function record(test: Omit<TestRecord, 'type' | 'unit'>): TestRecord {
  return { type: 'test', unit: null, ...test };
}

/** As the program said it, from the directory that it ran in. */
function located(location: Location | null, { dir, projectRoot }: Suite): Location | null {
  return projectLocation(
    projectRoot,
    location && { ...location, file: resolve(dir, location.file) },
  );
}
