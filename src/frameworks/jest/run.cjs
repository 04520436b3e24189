/*
 * Runs exactly the given files under the project's own Jest, with the arguments of its own command
 * but for those that choose files.
 */
'use strict';
const { readFileSync } = require('node:fs');
const { inspect } = require('node:util');
const { openJest } = require('./jest-api.cjs');
const recorder = require('./recorder.cjs');

/** Chosen already, by the listing. */
const CHOOSING = {
  changedFilesWithAncestor: false,
  changedSince: undefined,
  filter: undefined,
  findRelatedTests: false,
  lastCommit: false,
  onlyChanged: false,
  testPathPattern: undefined,
  testPathPatterns: undefined,
};

const job = JSON.parse(readFileSync(process.argv[2], 'utf8'));
recorder.open(job);
void run();

async function run() {
  let forceExit = false;
  try {
    const { argv, run: runJest } = await openJest(job.args);
    recorder.write({ type: 'begin' });
    const { results, globalConfig } = await runJest({
      ...CHOOSING,
      _: job.files,
      runTestsByPath: true,
      ...(argv.runInBand ? {} : { maxWorkers: job.maxWorkers }),
      testSequencer: plannedSequencer(job.files),
      reporters: ['default', [require.resolve('./reporter.cjs'), { runs: job.runs }]],
    });
    forceExit = globalConfig.forceExit;
    if (!results.success) {
      process.exitCode = 1;
      if (!recorder.hasFailures()) {
        recorder.write({ type: 'error', unit: null, message: 'Jest failed and did not say why' });
      }
    }
    recorder.write({ type: 'end' });
  } catch (error) {
    process.exitCode = 1;
    const text = error instanceof Error ? (error.stack ?? error.message) : inspect(error);
    recorder.write({ type: 'error', unit: null, message: recorder.plain(text) });
    process.stderr.write(`${text}\n`);
    // As the command does: a global set-up may have left something that would keep the process.
    process.exit();
  }
  if (forceExit) process.exit();
}

/** Loaded here since it finds Jest's own by the working directory, as Jest itself does. */
function plannedSequencer(files) {
  const file = require.resolve('./planned-sequencer.cjs');
  require(file).files = files;
  return file;
}
