/*
 * Writes the test files that `jest` with these arguments would run, as JSON, into the file named
 * first, and the workers that the project allows at most. Nothing is run.
 */
'use strict';
const { renameSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const os = require('node:os');
const { openJest } = require('./jest-api.cjs');
const ListingSequencer = require('./listing-sequencer.cjs');

void list(process.argv[2], process.argv.slice(3));

async function list(out, args) {
  const { argv, fromJest, run } = await openJest(args);
  await run({ listTests: true, testSequencer: require.resolve('./listing-sequencer.cjs') });
  const runs = {};
  for (const test of ListingSequencer.tests) runs[test.path] = (runs[test.path] ?? 0) + 1;
  const found = { runs, maxWorkers: await maxWorkers(argv, fromJest) };
  writeFileSync(`${out}.part`, JSON.stringify(found));
  renameSync(`${out}.part`, out);
  // What a configuration or a preset keeps open is not waited for. process.exit() can deadlock with
  // V8's compilers (https://github.com/nodejs/node/issues/54918).
  process.kill(process.pid, 'SIGKILL');
}

/** What the project itself limits Jest to; null where it leaves that to Jest. */
async function maxWorkers(argv, fromJest) {
  if (argv.runInBand) return 1;
  if (argv.maxWorkers !== undefined) return workersOf(argv.maxWorkers);
  const { readInitialOptions } = createRequire(fromJest.resolve('@jest/core'))('jest-config');
  const { config } = await readInitialOptions(argv.config, {
    packageRootOrConfig: argv.rootDir ?? argv.projects?.[0] ?? process.cwd(),
  });
  return config.maxWorkers === undefined ? null : workersOf(config.maxWorkers);
}

/** A number, or a part of the processors: `50%`. */
function workersOf(value) {
  const amount = Number.parseInt(value, 10) || 1;
  const share = String(value).trim().endsWith('%') ? os.availableParallelism() / 100 : 1;
  return Math.max(1, Math.floor(amount * share));
}
