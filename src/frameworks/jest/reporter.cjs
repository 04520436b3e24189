/*
 * What Jest (29 or newer) reports, written into the job's results file while it happens.
 */
'use strict';
const path = require('node:path');
const { hasFailures, plain, write } = require('./recorder.cjs');

module.exports = class PindownReporter {
  #severalProjects;
  #rootDir;
  /** By file: how many runs of it (one a project) have not ended. */
  #left;
  /** By file: its runs that have begun and not ended. */
  #open = new Map();

  constructor(globalConfig, { runs }) {
    this.#severalProjects = globalConfig.projects.length > 1;
    this.#rootDir = globalConfig.rootDir;
    this.#left = new Map(Object.entries(runs));
  }

  onTestFileStart({ path: unit, context }) {
    const runs = this.#open.get(unit) ?? [];
    if (runs.length === 0) write({ type: 'unit-begin', unit });
    this.#open.set(unit, [...runs, new FileRun(context)]);
  }

  /**
   * Passed tests are told as they happen, for a process that dies a moment later; to which of
   * several projects one belongs is not said. A failure may be that of a test that is tried again
   * (`jest.retryTimes`): from the first on, all waits for the file's own result, so that the order
   * stays.
   */
  onTestCaseResult({ path: unit }, result) {
    const [run, ...others] = this.#open.get(unit) ?? [];
    if (run === undefined || others.length > 0 || run.waits) return;
    if (result.status === 'failed') run.waits = true;
    else if (result.status === 'passed') this.#report(unit, run, result);
  }

  onTestFileResult({ path: unit, context }, { failureMessage, testExecError, testResults }) {
    const runs = this.#open.get(unit) ?? [];
    const run = runs.find((candidate) => candidate.context === context) ?? new FileRun(context);
    for (const result of run.unreported(testResults)) this.#report(unit, run, result);
    if (testExecError) {
      const own = testExecError.stack || testExecError.message || '';
      const message = testResults.length === 0 ? (failureMessage ?? own) : own;
      write({ type: 'error', unit, message: plain(message) });
    }
    const open = runs.filter((candidate) => candidate !== run);
    this.#open.set(unit, open);
    const left = (this.#left.get(unit) ?? 1) - 1;
    this.#left.set(unit, left);
    if (left === 0) write({ type: 'unit-end', unit });
  }

  onRunComplete(_contexts, { runExecError, snapshot, testResults }) {
    if (runExecError) {
      write({
        type: 'error',
        unit: null,
        message: plain(runExecError.stack ?? runExecError.message),
      });
    }
    // Under --ci, snapshots that no test asked for fail the run, and no test.
    if (!snapshot.failure || hasFailures()) return;
    for (const { snapshot: own, testFilePath: unit } of testResults) {
      if (own.unchecked === 0) continue;
      const keys = own.uncheckedKeys?.join(', ') ?? '';
      write({ type: 'error', unit, message: `obsolete snapshots, which fail under --ci: ${keys}` });
    }
    for (const [dir, ...files] of snapshot.filesRemovedList ?? []) {
      write({ type: 'error', unit: null, message: `obsolete snapshot files: ${[dir, ...files]}` });
    }
  }

  #report(unit, run, result) {
    run.add(result);
    const failed = result.status === 'failed';
    const message = failed ? plain(result.failureMessages.join('\n\n')) : null;
    const place = (failed && placeIn(message)) || result.location;
    write({
      type: 'test',
      unit,
      name: [...this.#prefix(run.context), ...result.ancestorTitles, result.title],
      outcome: outcomeOf(result.status),
      durationMs: result.duration,
      message: result.status === 'todo' ? 'todo' : message,
      ...(place ? { file: unit, ...place } : {}),
    });
  }

  /** The project's name, where there are several. */
  #prefix({ config }) {
    if (!this.#severalProjects) return [];
    return [config.displayName?.name ?? path.relative(this.#rootDir, config.rootDir)];
  }
};

/** One run of a file: what has been reported of it, by name. */
class FileRun {
  /** Whether what comes is kept back until the file's own result. */
  waits = false;
  #reported = new Map();

  constructor(context) {
    this.context = context;
  }

  add(result) {
    const key = keyOf(result);
    this.#reported.set(key, (this.#reported.get(key) ?? 0) + 1);
  }

  /** Of the file's results, in order, those that were not reported as they happened. */
  unreported(results) {
    const reported = new Map(this.#reported);
    return results.filter((result) => {
      const times = reported.get(keyOf(result)) ?? 0;
      reported.set(keyOf(result), times - 1);
      return times <= 0;
    });
  }
}

function keyOf({ ancestorTitles, title, status }) {
  return JSON.stringify([...ancestorTitles, title, status]);
}

function outcomeOf(status) {
  switch (status) {
    case 'passed':
    case 'failed':
      return status;
    default:
      // pending, todo, disabled: all of them were not run
      return 'skipped';
  }
}

/** The first frame of a stack that is in the project's own code. */
function placeIn(message) {
  for (const [, file, line, column] of message.matchAll(FRAME)) {
    if (/[\\/]node_modules[\\/]|^node:/.test(file)) continue;
    return { file, line: Number(line), column: Number(column) };
  }
  return null;
}

/** `    at Object.toBe (/project/a.test.js:5:15)`, or without a name and parentheses. */
const FRAME = /^\s+at (?:.*\()?((?:file:\/\/)?\/.*?|node:.*?):(\d+):(\d+)\)?$/gm;
