/*
 * Loaded into Pindown's own process by --require: does something right before and right after each
 * start of one program, so that a test is in step with the attempts without any waiting.
 */
const childProcess = require('node:child_process');
const { syncBuiltinESMExports } = require('node:module');

/**
 * @param {string} program as it is given to spawn
 * @param {{ before?: (start: number) => void, after?: (start: number) => void }} around called with
 *   the number of the start, from 1 on; `after` once the kernel has started or refused it
 */
exports.wrapStarts = (program, { before = () => {}, after = () => {} }) => {
  const { spawn } = childProcess;
  let starts = 0;
  childProcess.spawn = (command, ...rest) => {
    if (command !== program) return spawn(command, ...rest);
    starts += 1;
    before(starts);
    try {
      return spawn(command, ...rest);
    } finally {
      after(starts);
    }
  };
  syncBuiltinESMExports();
};
