import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job, Launch } from '../framework.ts';
import { provisionalFile } from './results.ts';
import { startOf } from './start.ts';

const RUN = join(import.meta.dirname, 'run.cjs');

/**
 * One Jest for all files of the job, on the processors it is given, or fewer where the project
 * allows fewer. Jest's own default report goes to its output in place of the project's reporters,
 * whose files would tell of a part of the suite. Coverage is off for the same reason: of a piece
 * it would fall short of any threshold. Token and results file are in a file of the job's own,
 * since an environment and arguments reach the tests.
 */
export function command(job: Job): Launch {
  const { nodeArgs, env } = startOf(job.suite);
  const limits = job.units.map(({ data }) => Number(data['maxWorkers'] ?? job.width));
  const instructions = join(job.dir, 'jest-job.json');
  writeFileSync(
    instructions,
    JSON.stringify({
      token: job.token,
      resultsFile: job.resultsFile,
      provisionalFile: provisionalFile(job),
      files: job.units.map(({ file }) => file),
      runs: Object.fromEntries(
        job.units.map(({ file, data }) => [file, Number(data['runs'] ?? 1)]),
      ),
      maxWorkers: Math.min(job.width, ...limits),
      args: job.suite.args,
    }),
  );
  return { argv: ['node', ...nodeArgs, RUN, instructions], cwd: job.suite.dir, env };
}
