import type { Collected, Job } from './framework.ts';
import { projectLocation } from './project-path.ts';
import { parseRecord, type ResultRecord, resultLines, UnitCollector } from './records.ts';

/**
 * Reads the results file of a process that ran a batch: one entry for every unit of the job, by
 * unit id. An error that names no unit is every unit's, since it may be anyone's.
 *
 * @param agrees whether the process's exit status is what the framework gives where something in
 *   the job failed, or where nothing did
 */
export async function collectBatch(
  job: Job,
  agrees: (failed: boolean) => boolean,
): Promise<ReadonlyMap<string, Collected>> {
  const collectors = new Map(job.units.map((unit) => [unit.id, new UnitCollector()]));
  const byFile = new Map(job.units.map((unit) => [unit.file, collectors.get(unit.id)]));
  // A line that is refused can't be trusted to say whose it is: the first unit keeps it.
  const [first] = collectors.values();
  for await (const line of resultLines(job.resultsFile)) {
    const parsed = parseRecord(line, job.token);
    if ('refused' in parsed) {
      first?.refuse(parsed.refused);
      continue;
    }
    const { record } = parsed;
    if (!('unit' in record)) continue;
    if (record.unit === null && record.type === 'error') {
      for (const collector of collectors.values()) collector.error(record.message);
      continue;
    }
    const collector = byFile.get(record.unit);
    if (collector === undefined) first?.refuse(`not a unit of this job: ${record.unit}`);
    else apply(collector, record, job.suite.projectRoot);
  }
  const exitAgrees = agrees([...collectors.values()].some(failed));
  return new Map([...collectors].map(([id, collector]) => [id, collector.finish(exitAgrees)]));
}

/** What was cut off has failed without having said so. */
function failed({ hasFailures, begun, ended }: UnitCollector): boolean {
  return hasFailures || (begun && !ended);
}

function apply(
  collector: UnitCollector,
  record: Extract<ResultRecord, { unit: unknown }>,
  projectRoot: string,
): void {
  switch (record.type) {
    case 'unit-begin':
      collector.begun = true;
      break;
    case 'unit-end':
      collector.ended = true;
      break;
    case 'unit-died':
    case 'unit-worker':
      break;
    case 'test':
      collector.test({ ...record, location: projectLocation(projectRoot, record.location) });
      break;
    case 'error':
      collector.error(record.message);
      break;
  }
}
