import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job, Launch } from '../framework.ts';
import { startOf } from './start.ts';

const RUN = join(import.meta.dirname, 'run.mjs');

/**
 * One Vitest for all files of the job, on the processors it is given. Its own human report goes to
 * stdout in place of the project's reporters. Coverage is off: the job is a piece of the suite,
 * and so would be what it measured. Token and results file are in a file of the job's own, since
 * an environment and arguments reach the tests.
 */
export function command(job: Job): Launch {
  const { nodeOptions, env } = startOf(job.suite);
  const instructions = join(job.dir, 'vitest-job.json');
  writeFileSync(
    instructions,
    JSON.stringify({
      token: job.token,
      resultsFile: job.resultsFile,
      files: job.units.map(({ file }) => file),
      width: job.width,
      args: job.suite.args,
    }),
  );
  return { argv: ['node', ...nodeOptions, RUN, instructions], cwd: job.suite.dir, env };
}
