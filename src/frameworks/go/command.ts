import type { Job, Launch } from '../framework.ts';
import { failureLaunch, startOf } from '../taken/unit-data.ts';

/** The package's test binary, started as `go test` would start it. */
export function command(job: Job): Launch {
  const [unit] = job.units;
  if (unit === undefined || job.units.length > 1) {
    throw new Error(`Expected a job of one package, got ${job.units.length} units`);
  }
  return startOf(unit) ?? failureLaunch(unit, job.suite.dir);
}
