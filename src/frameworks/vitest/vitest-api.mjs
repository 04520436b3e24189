/*
 * What list.mjs and run.mjs share: the project's own Vitest (3 or newer), started as `vitest run`
 * would start it. Imports Node's own only: the user's node runs this.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What Pindown decides itself, and what makes no sense for a run in pieces. */
const OWNED = [
  'bail',
  'clearCache',
  'coverage',
  'listTags',
  'maxWorkers',
  'mergeReports',
  'minWorkers',
  'open',
  'outputFile',
  'reporter',
  'reporters',
  'shard',
  'standalone',
  'ui',
  'watch',
];

/**
 * Reads the arguments as the command does, resolves the configuration and makes a Vitest that has
 * run nothing yet; `filters` are the paths among the arguments, `BaseSequencer` its usual order.
 */
export async function openVitest(args, reporters) {
  const entry = createRequire(join(process.cwd(), 'package.json')).resolve('vitest/node');
  const { BaseSequencer, createVitest, parseCLI } = await import(pathToFileURL(entry).href);
  // A configuration file may look at it: it finds what it would find under the command itself.
  process.argv.splice(1, Infinity, join(entry, '../../vitest.mjs'), 'run', ...args);
  const { filter, options } = parseCLI(['vitest', 'run', ...args]);
  for (const name of OWNED) delete options[name];
  // What the command itself does between reading its arguments and starting: normalizeCliOptions
  // and prepareVitest in https://github.com/vitest-dev/vitest/tree/main/packages/vitest/src/node/cli
  if (options.exclude !== undefined) {
    options.cliExclude = [options.exclude].flat();
    delete options.exclude;
  }
  if (typeof options.typecheck?.only === 'boolean') options.typecheck.enabled ??= true;
  process.env.TEST = 'true';
  process.env.VITEST = 'true';
  process.env.NODE_ENV ??= 'test';
  const vitest = await createVitest('test', {
    ...options,
    run: true,
    watch: false,
    bail: 0,
    coverage: { enabled: false },
    reporters,
  });
  return { vitest, filters: filter, BaseSequencer };
}
