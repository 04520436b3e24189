/*
 * What list.cjs and run.cjs share: the project's own Jest (29 or newer) with its arguments read as
 * the command reads them. Imports Node's own only: the user's node runs this.
 */
'use strict';
const { createRequire } = require('node:module');
const path = require('node:path');

/** What would make a run in pieces stop early, keep running, measure or report only a piece. */
const OWNED = {
  bail: 0,
  collectCoverage: false,
  collectTests: undefined,
  coverage: false,
  json: undefined,
  notify: false,
  outputFile: undefined,
  shard: undefined,
  watch: false,
  watchAll: false,
};

/**
 * Reads the arguments and gives back what `jest` would start with, less what Pindown decides
 * itself; `fromJest` requires a package as Jest itself does.
 */
exports.openJest = async function openJest(args) {
  const main = createRequire(path.join(process.cwd(), 'package.json')).resolve('jest');
  const fromJest = createRequire(main);
  // A configuration file may look at it: it finds what it would find under the command itself.
  process.argv.splice(1, Infinity, path.join(main, '../../bin/jest.js'), ...args);
  process.env.NODE_ENV ??= 'test';
  inOuterTemp(() => createRequire(fromJest.resolve('jest-cli'))('jest-config'));
  const argv = await argumentParser(fromJest)(args);
  const projects = argv.projects ?? [];
  return {
    argv: { ...argv, ...OWNED },
    fromJest,
    run: (changed) =>
      fromJest('@jest/core').runCLI(
        { ...argv, ...OWNED, ...changed },
        projects.length > 0 ? projects : [process.cwd()],
      ),
  };
};

/**
 * Jest's cache lies in the temporary directory as it is when jest-config is loaded, and pays only
 * if it outlives the attempt; the tests' own is the attempt's.
 */
function inOuterTemp(load) {
  const { TMPDIR, PINDOWN_OUTER_TMPDIR } = process.env;
  if (PINDOWN_OUTER_TMPDIR !== undefined) process.env.TMPDIR = PINDOWN_OUTER_TMPDIR;
  try {
    load();
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}

/** Jest 29 does not export it. */
function argumentParser(fromJest) {
  const { buildArgv } = fromJest('jest-cli');
  if (buildArgv !== undefined) return buildArgv;
  return require(path.join(fromJest.resolve('jest-cli'), '../run.js')).buildArgv;
}
