import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Job, Launch } from '../framework.ts';
import { nodeCommands } from './commands.ts';

const REPORTER = pathToFileURL(join(import.meta.dirname, 'reporter.mjs'));

/**
 * The file itself under plain `node`, where node:test runs it in the process and reports to us;
 * `node --test` would start the same process and read what it prints. People find Node's own
 * `spec` report on stdout. Results file and token are in the reporter's URL: an environment would
 * be handed on to the test's own children.
 */
export function command(job: Job): Launch {
  const [unit] = job.units;
  if (unit === undefined || unit.file === null || job.units.length > 1) {
    throw new Error(`Expected a job of one file, got ${job.units.length} units`);
  }
  const own = nodeCommands(job.suite)[Number(unit.data['command'])];
  if (own === undefined) throw new Error(`Expected the command of ${unit.id} in its data`);
  const reporter = new URL(REPORTER);
  reporter.searchParams.set('out', job.resultsFile);
  reporter.searchParams.set('token', job.token);
  return {
    argv: [
      'node',
      `--import=${reporter.href}`,
      ...own.kept,
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${reporter.href}`,
      '--test-reporter-destination=stderr',
      unit.file,
    ],
    cwd: job.suite.dir,
    env: own.env,
  };
}
