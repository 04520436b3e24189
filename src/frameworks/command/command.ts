import type { Job, Launch } from '../framework.ts';
import { junitFile } from './mode.ts';

const PLACEHOLDER = '{unit}';

/**
 * The suite's words, `{unit}` replaced by the unit's path from the suite's directory; without a
 * `{unit}` the path comes last.
 */
export function command(job: Job): Launch {
  const [unit] = job.units;
  const path = unit?.data['argument'];
  const [program, ...args] = job.suite.args;
  if (path === undefined || program === undefined || job.units.length > 1) {
    throw new Error(`Expected a command and a job of one file, got ${job.units.length} units`);
  }
  const named = job.suite.args.some((word) => word.includes(PLACEHOLDER));
  // A program's name without a slash would be looked up on PATH.
  const own = program === PLACEHOLDER && !path.includes('/') ? `./${path}` : fill(program, path);
  return {
    argv: [own, ...args.map((word) => fill(word, path)), ...(named ? [] : [path])],
    cwd: job.suite.dir,
    env: { PINDOWN_JUNIT: junitFile(job) },
  };
}

function fill(word: string, path: string): string {
  return word.replaceAll(PLACEHOLDER, () => path);
}
