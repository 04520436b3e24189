import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import type { Job, Launch } from '../framework.ts';
import { mochaCommands } from './commands.ts';

const PRELOAD = pathToFileURL(join(import.meta.dirname, 'preload.mjs'));

const NodeArgs = v.array(v.string());

/**
 * The project's own `mocha` with its own arguments; what is loaded before it makes it run the
 * job's one file and report to us.
 */
export function command(job: Job): Launch {
  const [unit] = job.units;
  if (unit === undefined || unit.file === null || job.units.length > 1) {
    throw new Error(`Expected a job of one file, got ${job.units.length} units`);
  }
  const own = mochaCommands(job.suite)[Number(unit.data['command'])];
  const { mocha, bin, nodeArgs = '[]' } = unit.data;
  if (own === undefined || mocha === undefined || bin === undefined) {
    throw new Error(`Expected the command and the mocha of ${unit.id} in its data`);
  }
  const preload = new URL(PRELOAD);
  preload.searchParams.set('out', job.resultsFile);
  preload.searchParams.set('token', job.token);
  preload.searchParams.set('mocha', mocha);
  preload.searchParams.set('file', unit.file);
  return {
    argv: [
      'node',
      `--import=${preload.href}`,
      ...own.nodeArgs,
      ...v.parse(NodeArgs, JSON.parse(nodeArgs)),
      bin,
      ...own.args,
    ],
    cwd: job.suite.dir,
    env: own.env,
  };
}
