import type { TestResult } from '../../core/attempt.ts';
import type { Ending } from '../../core/ending.ts';
import type { Collected, Job, JobOutput } from '../framework.ts';
import { projectLocation } from '../project-path.ts';
import { applyRecord, parseRecord, resultLines, UnitCollector } from '../records.ts';

/** The exit status of a main module whose top-level await never settled. */
const UNSETTLED = 13;

/** How reporter.mjs begins the message of a hook that failed outside of any test. */
const ROOT_HOOK = 'root hook failed: ';

/** What reporter.mjs reported of the job's one file, held against its process's end. */
export async function collect(
  job: Job,
  output: JobOutput,
): Promise<ReadonlyMap<string, Collected>> {
  const collector = new UnitCollector();
  let script = false;
  for await (const line of resultLines(job.resultsFile)) {
    const parsed = parseRecord(line, job.token);
    if ('refused' in parsed) {
      collector.refuse(parsed.refused);
      continue;
    }
    script ||= parsed.record.type === 'unit-end';
    applyRecord(collector, parsed.record);
  }
  const reported = collector.finish(true);
  const located = reported.tests.map((test) => ({
    ...test,
    location: projectLocation(job.suite.projectRoot, test.location),
  }));
  const tests = script ? byStatus(located, output.ending) : located;
  const collected = { ...reported, tests };
  return new Map(
    job.units.map((unit) => [
      unit.id,
      { ...collected, exitAgrees: agrees(collected, output.ending) },
    ]),
  );
}

/** A file without tests is itself a test, which its exit status decides, as for `node --test`. */
function byStatus(tests: readonly TestResult[], ending: Ending): readonly TestResult[] {
  if (ending.exitCode === 0 || ending.exitCode === null) return tests;
  const why = ending.exitCode === UNSETTLED ? ' (a top-level await never settled)' : '';
  return tests.map((test) =>
    test.outcome === 'passed'
      ? { ...test, outcome: 'failed', message: `exit status ${ending.exitCode}${why}` }
      : test,
  );
}

function agrees({ tests, errors }: Omit<Collected, 'exitAgrees'>, ending: Ending): boolean {
  const failed = tests.some(({ outcome }) => outcome === 'failed' || outcome === 'errored');
  if (ending.exitCode !== 0) return failed || errors.length > 0;
  // From 22 on a file's process ends with 0 where only a root hook failed; it is `node --test`
  // that counts the report of it and ends with 1.
  return !failed && errors.every((message) => message.startsWith(ROOT_HOOK));
}
