/*
 * Runs the job's files in the order of Pindown's plan. The rest is Jest's own sequencer, which also
 * keeps the durations by which Jest decides whether starting workers is worth while.
 */
'use strict';
const { createRequire } = require('node:module');
const path = require('node:path');

const main = createRequire(path.join(process.cwd(), 'package.json')).resolve('jest');
const fromCore = createRequire(createRequire(main).resolve('@jest/core'));
const fromConfig = createRequire(fromCore.resolve('jest-config'));
const { default: Sequencer } = fromConfig('@jest/test-sequencer');

module.exports = class PlannedSequencer extends Sequencer {
  /** The job's files, in order; set by run.cjs. */
  static files = [];

  async sort(tests) {
    const place = new Map(PlannedSequencer.files.map((file, index) => [file, index]));
    const sorted = await super.sort(tests);
    return sorted.sort((a, b) => place.get(a.path) - place.get(b.path));
  }
};
