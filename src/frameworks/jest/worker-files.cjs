/*
 * Which worker process runs which file: Jest tells nobody, but Node tells of every child process
 * (https://nodejs.org/api/diagnostics_channel.html#child-process), and what it is sent names the
 * file (jest-worker/src/types.ts, ChildMessageCall).
 */
'use strict';
const { subscribe } = require('node:diagnostics_channel');
const { isWorker } = require('./worker-restarts.cjs');

/** CHILD_MESSAGE_CALL; then whether it was processed, a method, and its arguments. */
const CALL = 1;

/** Calls back with a file's path as a worker is given it, and with that worker's pid. */
exports.onWorkerGiven = function onWorkerGiven(callback) {
  subscribe('child_process', ({ process: child }) => {
    // Node gives it its channel later, and Jest uses that at once, before any event of the child.
    Object.defineProperty(child, 'send', {
      configurable: true,
      enumerable: true,
      get: () => undefined,
      set(own) {
        const value = isWorker(child) ? telling(own, child, callback) : own;
        Object.defineProperty(child, 'send', { ...PLAIN, value });
      },
    });
  });
};

const PLAIN = { configurable: true, enumerable: true, writable: true };

function telling(send, child, callback) {
  return (message, ...rest) => {
    const file = fileIn(message);
    if (file !== null) callback(file, child.pid);
    return send.call(child, message, ...rest);
  };
}

function fileIn(message) {
  if (!Array.isArray(message) || message[0] !== CALL) return null;
  const path = message[3]?.[0]?.path;
  return typeof path === 'string' ? path : null;
}
