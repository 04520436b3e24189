/*
 * Loaded into Pindown's own process by --require: does something right before and right after each
 * start of one program, so that a test is in step with the attempts without any waiting. A start is
 * a call of posix_spawn(3) through whatever leads to it, or Node's own.
 */
const childProcess = require('node:child_process');
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const nothing = () => {};

/** The very module that Pindown will load; null where it is not installed. */
const loadKoffi = () => {
  try {
    return require(`@koromix/koffi-linux-${process.arch}`);
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    return null;
  }
};

/**
 * @param {string} program as it is given to the kernel
 * @param {Partial<Record<'before' | 'after' | 'beforeOutput' | 'afterOutput', (start: number) => void>>} around
 *   called with the number of the start, from 1 on: before and after its output is opened, and
 *   before and after the kernel has started or refused it
 */
exports.wrapStarts = (
  program,
  { before = nothing, after = nothing, beforeOutput = nothing, afterOutput = nothing },
) => {
  let starts = 0;
  const wrapped = (isIt, start) =>
    function (...args) {
      if (!isIt(...args)) return start.apply(this, args);
      starts += 1;
      before(starts);
      try {
        return start.apply(this, args);
      } finally {
        after(starts);
      }
    };

  const isOurs = (_pid, path) => path.toString('utf8', 0, path.indexOf(0)) === program;
  const ffi = process.getBuiltinModule('node:ffi');
  if (ffi !== undefined) {
    const { dlopen } = ffi;
    ffi.dlopen = (library, described) => {
      const opened = dlopen(library, described);
      const { posix_spawn: start } = opened.functions;
      if (start === undefined) return opened;
      return { ...opened, functions: { ...opened.functions, posix_spawn: wrapped(isOurs, start) } };
    };
  }
  const koffi = loadKoffi();
  if (koffi !== null) {
    const { load } = koffi;
    koffi.load = (name) => {
      const library = load(name);
      const func = (called, ...types) => {
        const start = library.func(called, ...types);
        return called === 'posix_spawn' ? wrapped(isOurs, start) : start;
      };
      return { func };
    };
  }
  childProcess.spawn = wrapped((command) => command === program, childProcess.spawn);

  let outputs = 0;
  const { openSync } = fs;
  fs.openSync = (path, ...rest) => {
    if (!String(path).endsWith('/stdout.log')) return openSync(path, ...rest);
    outputs += 1;
    beforeOutput(outputs);
    try {
      return openSync(path, ...rest);
    } finally {
      afterOutput(outputs);
    }
  };
  syncBuiltinESMExports();
};
