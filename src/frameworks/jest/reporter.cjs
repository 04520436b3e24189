/*
 * What Jest (29 or newer) reports, written into the job's results file while it happens.
 */
'use strict';
const path = require('node:path');
const { hasFailures, plain, write, writeProvisional } = require('./recorder.cjs');
const { onWorkerGiven } = require('./worker-files.cjs');
const { onWorkerRestart } = require('./worker-restarts.cjs');

module.exports = class PindownReporter {
  #severalProjects;
  #rootDir;
  /** By file: in how many projects it runs. */
  #runs;
  /** By file: how many runs of it have not ended. */
  #left;
  /** By file: the projects in which it has begun and not ended. */
  #open = new Map();
  /** By file: how many tests were started, those included that were tried again. */
  #started = new Map();
  /** By file and name of a test: what its tries failed with, which Jest reports one by one. */
  #failures = new Map();
  /** By file that ran when a worker ended which Jest started again: that worker's exit status. */
  #endangered = new Map();

  constructor(globalConfig, { runs }) {
    this.#severalProjects = globalConfig.projects.length > 1;
    this.#rootDir = globalConfig.rootDir;
    this.#runs = runs;
    this.#left = new Map(Object.entries(runs));
    onWorkerGiven((unit, pid) => {
      // Of several projects a file has a worker each, of which none is the file's own.
      if (runs[unit] === 1) write({ type: 'unit-worker', unit, pid });
    });
    onWorkerRestart((status) => {
      const running = [...this.#open].filter(([, open]) => open.length > 0);
      for (const [unit] of running) this.#endangered.set(unit, status);
    });
  }

  onTestFileStart({ path: unit, context }) {
    const open = this.#open.get(unit) ?? [];
    if (!this.#open.has(unit)) write({ type: 'unit-begin', unit });
    this.#open.set(unit, [...open, context]);
  }

  onTestCaseStart({ path: unit }) {
    this.#started.set(unit, (this.#started.get(unit) ?? 0) + 1);
  }

  /**
   * Not yet the truth: a test that failed may be tried again (`jest.retryTimes`), one that passed
   * may be failed by what it left running. Of several projects Jest does not say which this is.
   */
  onTestCaseResult({ path: unit }, result) {
    const [context, ...others] = this.#open.get(unit) ?? [];
    if (context === undefined || others.length > 0) return;
    writeProvisional(this.#record(unit, context, result));
    if (result.status !== 'failed') return;
    const failures = this.#failures.get(unit) ?? new Map();
    const name = nameOf(result);
    failures.set(name, [...(failures.get(name) ?? []), messageOf(result)]);
    this.#failures.set(unit, failures);
  }

  onTestFileResult({ path: unit, context }, { failureMessage, testExecError, testResults }) {
    for (const result of testResults) {
      const failedTries = this.#failedTries(unit, result);
      write({ ...this.#record(unit, context, result), failedTries });
    }
    this.#failures.delete(unit);
    if (testExecError) {
      const own = testExecError.stack || testExecError.message || '';
      const message = testResults.length === 0 ? withoutHeadline(failureMessage ?? own) : own;
      write({ type: 'error', unit, message: plain(message) });
    }
    this.#tellRestart(unit, testResults);
    this.#open.set(
      unit,
      (this.#open.get(unit) ?? []).filter((other) => other !== context),
    );
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
    if (!snapshot.failure) return;
    // Snapshots that no test asks for any more fail the run, and no test.
    for (const { snapshot: own, testFilePath: unit } of testResults) {
      for (const key of own.uncheckedKeys ?? []) {
        write({ type: 'error', unit, message: `obsolete snapshot: ${key}` });
      }
    }
    if (hasFailures()) return;
    for (const file of new Set(snapshot.filesRemovedList)) {
      write({ type: 'error', unit: null, message: `obsolete snapshot file: ${file}` });
    }
  }

  /** What was started and is in no result was cut off, and its file run a second time. */
  #tellRestart(unit, testResults) {
    const status = this.#endangered.get(unit);
    this.#endangered.delete(unit);
    const started = this.#started.get(unit) ?? 0;
    this.#started.delete(unit);
    // Which of several projects started a test is not said.
    if (status === undefined || testResults.length === 0 || this.#runs[unit] > 1) return;
    const cutOff = started - testResults.reduce(addInvocations, 0);
    if (cutOff <= 0) return;
    // Jest itself sees nothing wrong.
    process.exitCode = 1;
    write({
      type: 'error',
      unit,
      message: `its worker ended with status ${status} when ${cutOff} of its tests had begun, and Jest ran it again in another one`,
    });
  }

  #record(unit, context, result) {
    const failed = result.status === 'failed';
    const message = failed ? messageOf(result) : null;
    const place = (failed && placeIn(message)) || result.location;
    return {
      type: 'test',
      unit,
      name: [...this.#prefix(context), ...result.ancestorTitles, result.title],
      outcome: outcomeOf(result.status),
      durationMs: result.duration,
      message: result.status === 'todo' ? 'todo' : message,
      ...(place ? { file: unit, ...place } : {}),
    };
  }

  /**
   * What a test failed with before it was tried again (`jest.retryTimes`); the result itself tells
   * it only under an option. Of several projects it is known only that it failed.
   */
  #failedTries(unit, result) {
    const before = addInvocations(-1, result);
    if (before < 1) return [];
    const told = this.#failures.get(unit)?.get(nameOf(result)) ?? [];
    // One that failed in the end has told of that, too. What is left is another's of this name.
    const own = told.splice(0, result.status === 'failed' ? before + 1 : before);
    return Array.from({ length: before }, (_, index) => own[index] ?? UNTOLD);
  }

  /** The project's name, where there are several. */
  #prefix({ config }) {
    if (!this.#severalProjects) return [];
    return [config.displayName?.name ?? path.relative(this.#rootDir, config.rootDir)];
  }
};

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

/** What stands for a try that failed with what nobody has told. */
const UNTOLD = 'failed, and Jest tried it again';

function nameOf({ ancestorTitles, title }) {
  return JSON.stringify([...ancestorTitles, title]);
}

function messageOf({ failureMessages }) {
  return plain(failureMessages.join('\n\n'));
}

/** How often a test was started: not at all if it was skipped, else once a try. */
function addInvocations(sum, { status, invocations }) {
  return status === 'passed' || status === 'failed' ? sum + (invocations ?? 1) : sum;
}

/** Jest heads what made a file fail to run with the same line each time, and indents the rest. */
function withoutHeadline(message) {
  const lines = plain(message).split('\n');
  if (lines[0] !== '● Test suite failed to run') return message;
  return lines
    .slice(1)
    .map((line) => line.replace(/^ {4}/, ''))
    .join('\n');
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
