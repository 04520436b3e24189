/*
 * When a worker ends by itself with a status other than 0, as by a test's process.exit(1), Jest
 * starts another one and gives it the same file again, up to three times, and says nothing of it if
 * that goes well (jest-worker/src/workers/ChildProcessWorker.ts, _onExit). Node tells of every
 * child process (https://nodejs.org/api/diagnostics_channel.html#child-process).
 */
'use strict';
const { subscribe } = require('node:diagnostics_channel');

/** Statuses that Jest takes for the end of an idle worker, or for a kill. */
const ENDS = new Set([0, 128 + 9, 128 + 15]);

/** Calls back with the status of each worker that Jest starts again. */
exports.onWorkerRestart = function onWorkerRestart(callback) {
  subscribe('child_process', ({ process: child }) => {
    child.once('exit', (status) => {
      if (status === null || ENDS.has(status)) return;
      if (isWorker(child)) callback(status);
    });
  });
};

/** Whether a child process is one of Jest's own workers. */
exports.isWorker = isWorker;

function isWorker({ spawnargs }) {
  return spawnargs.some((word) => WORKER.test(word));
}

const WORKER = /[\\/]jest-worker[\\/].*processChild\.js$/;
