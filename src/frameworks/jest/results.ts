import { collectBatch } from '../batch-records.ts';
import type { Collected, Job, JobOutput } from '../framework.ts';

/** What the job's files reported; run.cjs lets Jest end with 1 where anything failed, else 0. */
export async function collect(
  job: Job,
  output: JobOutput,
): Promise<ReadonlyMap<string, Collected>> {
  return await collectBatch(job, (failed) => (output.ending.exitCode !== 0) === failed);
}
