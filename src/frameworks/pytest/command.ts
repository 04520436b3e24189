import { delimiter, join } from 'node:path';
import type { Job, Launch, Suite } from '../framework.ts';

/** What runs one unit; takes the way, the results file, the token and the file, then arguments. */
const RUN = join(import.meta.dirname, 'run.py');

/** One process for the job's one unit. */
export function command(job: Job): Launch {
  const [unit] = job.units;
  if (unit === undefined || unit.file === null || job.units.length > 1) {
    throw new Error(`Expected a job of one file, got ${job.units.length} units`);
  }
  const { python, venv, plugins } = unit.data;
  if (python === undefined) throw new Error(`Expected the Python of ${unit.id} in its data`);
  const way = wayOf(job.suite);
  const args = [way, job.resultsFile, job.token, unit.file, ...job.suite.args];
  const loaded = plugins === undefined || plugins === '' ? [] : plugins.split(' ');
  const { projectRoot } = job.suite;
  return {
    argv: [python, RUN, ...args],
    cwd: job.suite.dir,
    env: venv === undefined ? {} : activated(venv, job.suite),
    // What a fork does to itself before it runs, it does by /proc.
    ...(process.platform === 'linux'
      ? {
          warm: {
            name: 'pytest',
            parent: [python, RUN, way, '--warm', projectRoot, ...loaded],
            args,
          },
        }
      : {}),
  };
}

/** How the project starts pytest: `command` or `module`. */
export function wayOf(suite: Suite): string {
  return suite.data['way'] === 'module' ? 'module' : 'command';
}

/**
 * The environment in which a virtual environment is active, as its `bin/activate` sets it: tests
 * start the project's own programs by name.
 */
export function activated(venv: string, suite: Suite): Readonly<Record<string, string | null>> {
  const path = suite.env['PATH'] ?? suite.data['path'];
  return {
    VIRTUAL_ENV: venv,
    PATH: [join(venv, 'bin'), ...(typeof path === 'string' ? [path] : [])].join(delimiter),
    PYTHONHOME: null,
  };
}
