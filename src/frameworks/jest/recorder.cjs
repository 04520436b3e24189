/*
 * Writes the job's results files (see records.ts), each record in one synchronous write. One module
 * for run.cjs and reporter.cjs, which Jest loads into the same process: so neither the file's path
 * nor the token is in an environment, in arguments or in Jest's configuration.
 */
'use strict';
/* Taken now: tests may run in this process and replace them. */
const { openSync, writeSync } = require('node:fs');
const { stripVTControlCharacters } = require('node:util');

/** How much of a message the results file takes, in characters; the output has the whole. */
const MESSAGE_LENGTH = 65_536;

let results = null;
let provisional = null;
let token = null;
let failures = 0;

exports.open = function open(job) {
  results = openSync(job.resultsFile, 'ax');
  provisional = openSync(job.provisionalFile, 'ax');
  token = job.token;
};

exports.write = function write(record) {
  if (record.type === 'error' || record.outcome === 'failed') failures += 1;
  append(results, record);
};

/** For a file whose process dies before it has a result: what is known of its tests by then. */
exports.writeProvisional = (record) => append(provisional, record);

function append(descriptor, record) {
  writeSync(descriptor, `${JSON.stringify({ a: token, ...record })}\n`);
}

/** Whether anything was written that explains an exit status other than 0. */
exports.hasFailures = () => failures > 0;

/** A message as Jest formats it for a terminal, less what is Jest's own in its stack. */
exports.plain = (message) =>
  stripVTControlCharacters(message).replaceAll(OWN_FRAME, '').trim().slice(0, MESSAGE_LENGTH);

const OWN_FRAME = /^\s+at .*[\\/]node_modules[\\/](?:@jest|jest-[\w-]+)[\\/].*\n?/gm;
