import { lineageIn } from './lineage.ts';
import { readProcDirectory, readProcFile } from './proc-stat.ts';

/** All runs that a living process says it descends from, ours and those of other projects. */
export function livingLineages(): ReadonlySet<string> {
  const runs = new Set<string>();
  for (const name of readProcDirectory('/proc')) {
    const environment = /^\d+$/.test(name) ? readProcFile(`/proc/${name}/environ`) : null;
    for (const run of runsOf(environment ?? '')) runs.add(run);
  }
  return runs;
}

/** The runs in an environment, NUL between its entries. */
export function runsOf(environment: string): readonly string[] {
  const lineage = lineageIn(environment);
  return lineage === null ? [] : lineage.split(',').map((one) => one.split('/', 1)[0] ?? '');
}
