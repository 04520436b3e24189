import { join } from 'node:path';
import { collectBatch } from '../batch-records.ts';
import type { Collected, Job, JobOutput } from '../framework.ts';
import { projectLocation } from '../project-path.ts';
import { parseRecord, resultLines, UnitCollector } from '../records.ts';

/** Where reporter.cjs notes each test as it ends, before its file's result has the last word. */
export function provisionalFile(job: Job): string {
  return join(job.dir, 'jest-provisional.ndjson');
}

/**
 * What the job's files reported, and of those that were cut off what was known by then; run.cjs
 * lets Jest end with 1 where anything failed, else 0.
 */
export async function collect(
  job: Job,
  output: JobOutput,
): Promise<ReadonlyMap<string, Collected>> {
  const collected = await collectBatch(job, (failed) => (output.ending.exitCode !== 0) === failed);
  if ([...collected.values()].every(({ begun, ended }) => ended || !begun)) return collected;
  const provisional = await readProvisional(job);
  const whole = job.units.map(({ id, file }): readonly [string, Collected] => {
    const own = collected.get(id)!;
    const { tests = [] } = (own.ended ? null : provisional.get(file)?.finish(true)) ?? {};
    return [id, own.tests.length === 0 ? { ...own, tests } : own];
  });
  return new Map(whole);
}

/** By file. */
async function readProvisional(job: Job): Promise<ReadonlyMap<string | null, UnitCollector>> {
  const collectors = new Map<string | null, UnitCollector>();
  for await (const line of resultLines(provisionalFile(job))) {
    const parsed = parseRecord(line, job.token);
    if ('refused' in parsed || parsed.record.type !== 'test') continue;
    const { record } = parsed;
    const collector = collectors.get(record.unit) ?? new UnitCollector();
    collectors.set(record.unit, collector);
    collector.test({
      ...record,
      location: projectLocation(job.suite.projectRoot, record.location),
    });
  }
  return collectors;
}
