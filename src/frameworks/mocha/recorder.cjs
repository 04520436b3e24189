/*
 * Mocha's reporter while Pindown runs it: writes what happens into the results file (records.ts),
 * and leaves mocha's own `spec` report on stdout for people. CommonJS, because mocha requires its
 * reporters.
 */
'use strict';

const path = require('node:path');

const cwd = process.cwd();

/** What preload.mjs, which alone knows where the results go, has given us. */
let connection = null;

class Recorder {
  /** Whether mocha has loaded everything and begun to run it. */
  static started = false;

  /** Whether mocha has reported everything: what is thrown now it lays at no test. */
  static ended = false;

  static connect(given) {
    connection = given;
  }

  #reported = new Set();
  /** What the tries of the test failed with that mocha runs again (`this.retries`). */
  #failedTries = [];

  constructor(runner, options) {
    const { Spec } = connection.reporters();
    this.spec = new Spec(runner, options);
    runner.once('start', () => {
      Recorder.started = true;
      connection.onStart();
    });
    runner.on('pass', (test) => this.#test(test, 'passed'));
    runner.on('pending', (test) => this.#test(test, 'skipped'));
    runner.on('retry', (_test, error) => this.#failedTries.push(describeFailure(error)));
    runner.on('fail', (runnable, error) => this.#fail(runnable, error));
  }

  /** Called after the global teardown, with the number of failures that becomes the exit status. */
  done(failures, exit) {
    Recorder.ended = true;
    connection.write({ type: 'end' });
    exit(failures);
  }

  #fail(runnable, error) {
    const message = describeFailure(error);
    const name = runnable.titlePath();
    if (runnable.type === 'hook') {
      this.#write(runnable, 'errored', message, placeOf(error, runnable.file));
    } else if (runnable.type !== 'test') {
      connection.write({ type: 'error', message: `${runnable.title}: ${message}` });
    } else if (this.#reported.has(runnable)) {
      // Such as a second call of done(): mocha counts the test as passed and as failed.
      const said = `"${name.join(' > ')}" failed after it had ended: ${message}`;
      connection.write({ type: 'error', message: said });
    } else {
      this.#test(runnable, 'failed', message, placeOf(error, runnable.file));
    }
  }

  #test(test, outcome, message = null, place = null) {
    this.#reported.add(test);
    this.#write(test, outcome, message, place);
  }

  #write(runnable, outcome, message, place) {
    connection.write({
      type: 'test',
      name: runnable.titlePath(),
      outcome,
      durationMs: runnable.duration ?? (outcome === 'skipped' ? null : 0),
      message,
      file: runnable.file,
      ...place,
      // The next that is reported is the test itself, or the hook that ends its tries.
      failedTries: this.#failedTries.splice(0),
    });
  }
}

/** Mocha keeps further errors of one test (a failed test whose hook fails too) beside the first. */
function describeFailure(error) {
  const further = Array.isArray(error?.multiple) ? error.multiple : [];
  return [error, ...further].map((one) => connection.describe(one)).join('\n');
}

/** Where in its own file a failure was thrown; mocha itself knows no lines. */
function placeOf(error, file) {
  if (typeof error?.stack !== 'string' || typeof file !== 'string') return null;
  // Mocha has taken the working directory out of the stack.
  const shown = path.relative(cwd, file);
  for (const line of error.stack.split('\n')) {
    const at = line.lastIndexOf(`${shown}:`);
    const match = at === -1 ? null : /^(\d+):(\d+)/.exec(line.slice(at + shown.length + 1));
    if (match !== null) return { line: Number(match[1]), column: Number(match[2]) };
  }
  return null;
}

module.exports = Recorder;
