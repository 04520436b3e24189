import { join } from 'node:path';
import type { Job, Launch } from '../framework.ts';
import { failureLaunch, startOf } from '../taken/unit-data.ts';

/** The test binary as cargo would start it, with a log of its own. */
export function command(job: Job): Launch {
  const [unit] = job.units;
  if (unit === undefined || job.units.length > 1) {
    throw new Error(`Expected a job of one binary, got ${job.units.length} units`);
  }
  const start = startOf(unit);
  if (start === null) return failureLaunch(unit, job.suite.dir);
  if (unit.data['harness'] !== 'libtest') return start;
  return { ...start, argv: [...start.argv, '--logfile', logFile(job)] };
}

/** Where libtest writes its names and outcomes. */
export function logFile(job: Job): string {
  return join(job.dir, 'libtest.log');
}
