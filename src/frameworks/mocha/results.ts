import type { Ending } from '../../core/ending.ts';
import type { Collected, Job, JobOutput } from '../framework.ts';
import { projectLocation } from '../project-path.ts';
import { collectSingle } from '../records.ts';

/** Mocha's exit status is the number of failures, up to this. */
const MOST = 255;

/** What recorder.cjs reported of the job's one file. */
export async function collect(
  job: Job,
  output: JobOutput,
): Promise<ReadonlyMap<string, Collected>> {
  const collected = await collectSingle(job.resultsFile, job.token, (collector) =>
    agrees(collector.finish(true), output.ending),
  );
  const tests = collected.tests.map((test) => ({
    ...test,
    location: projectLocation(job.suite.projectRoot, test.location),
  }));
  return new Map(job.units.map((unit) => [unit.id, { ...collected, tests }]));
}

function agrees({ tests, errors, ended }: Collected, { exitCode }: Ending): boolean {
  const failed = tests.filter(({ outcome }) => outcome === 'failed' || outcome === 'errored');
  const failures = failed.length + errors.length;
  if (failures === 0) return exitCode === 0;
  // 1 under --posix-exit-codes, and for whatever went wrong before the first test; 7 is Node's
  // own for what is thrown after the last.
  return exitCode === 1 || exitCode === 7 || (ended && exitCode === Math.min(failures, MOST));
}
