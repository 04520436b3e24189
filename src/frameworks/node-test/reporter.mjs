/*
 * Loaded twice into a test file's process, as the same module: by --import before everything
 * else, and by --test-reporter when the first test is declared. It writes what happens into the
 * results file (see records.ts), each record in one synchronous write, so that a process that
 * dies a moment later has still reported it. Works on Node 18 to 26.
 */
import path from 'node:path';
import { Transform } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, openChannel } from '../channel.mjs';

/* Taken now: a test may replace them by fakes. */
const elapsed = performance.now.bind(performance);
const { clearTimeout, setTimeout } = globalThis;
const cwd = process.cwd();
const file = process.argv[1] ?? cwd;

const channel = openChannel(import.meta.url);
/** In worker threads and forked children, which inherit what loads this, it stays silent. */
const write = channel ?? (() => undefined);

/** Whether node:test has been set up in this process: something was declared. */
let harness = false;
/** Whether node:test's events reach us. */
let connected = false;
/** The last error that nothing in the file handled, for the stack that a diagnostic leaves out. */
let uncaught = null;

if (channel !== null) {
  write({ type: 'begin' });
  process.execArgv = process.execArgv.filter((option) => !option.startsWith('--test-reporter'));
  process.on('newListener', notice);
  process.on('uncaughtExceptionMonitor', (error) => {
    uncaught = error;
    // A throw between the first declaration and the first test ends the process at once with
    // status 7, without an exit event: node:test's handler rethrows until it is set up.
    if (harness && !connected) write({ type: 'error', message: describe(error) });
  });
  process.on('exit', finishScript);
}

/** node:test has no sign of its presence but the handlers that it installs. */
function notice(event) {
  if (event !== 'uncaughtException') return;
  if (!/node:internal\/test_runner\//.test(new Error('who').stack)) return;
  harness = true;
  process.off('newListener', notice);
}

/**
 * A file that declares no test is itself the test, as under `node --test`: passed with exit
 * status 0. The status is not known for sure before the end, so that collect decides by it: it
 * recognises such a file by the unit-end.
 */
function finishScript(status) {
  if (harness || connected) return;
  const failure = status === 0 ? null : uncaught;
  if (isOwnFileUnseen(failure)) write({ type: 'unseen', message: describe(failure) });
  if (failure !== null && !isAssertion(failure)) {
    write({ type: 'error', message: describe(failure) });
    return;
  }
  write({
    type: 'test',
    name: [path.relative(cwd, file)],
    outcome: failure === null ? 'passed' : 'failed',
    durationMs: elapsed(),
    message: failure === null ? null : describe(failure),
    file,
  });
  write({ type: 'unit-end', unit: file });
  write({ type: 'end' });
}

/** Node did not find the file that it was started with; one that the file imports is another. */
function isOwnFileUnseen(error) {
  return (
    error?.code === 'ERR_MODULE_NOT_FOUND' &&
    error.url === pathToFileURL(file).href &&
    error.message.endsWith(` imported from ${cwd}${path.sep}`)
  );
}

function isAssertion(error) {
  return error?.code === 'ERR_ASSERTION' || error?.name === 'AssertionError';
}

/** The names of the tests that are open, outermost first. */
const openTests = [];

function onStart(data) {
  openTests.length = data.nesting;
  openTests.push(data.name);
}

function onPass(data) {
  const skipped = isSet(data.skip);
  // A suite is no test, but one that is skipped hides the tests in it.
  if (data.details.type === 'suite' && !skipped) return;
  const reason = typeof data.skip === 'string' && data.skip !== '' ? data.skip : null;
  report(data, skipped ? 'skipped' : 'passed', reason);
}

function onFail(data) {
  const { error } = data.details;
  const kind = error?.failureType;
  const message = describe(error?.cause ?? error);
  if (isSet(data.todo)) {
    if (data.details.type !== 'suite') report(data, 'skipped', `todo, failed: ${message}`);
  } else if (data.nesting === 0 && kind === 'hookFailed' && isRoot(data)) {
    write({ type: 'error', message: `root hook failed: ${message}` });
  } else if (data.details.type === 'suite') {
    // One that failed or was cancelled with its tests has nothing of its own to say.
    if (kind !== 'subtestsFailed' && kind !== 'cancelledByParent') report(data, 'errored', message);
  } else {
    const errored = kind === 'hookFailed' || kind === 'cancelledByParent';
    report(data, errored ? 'errored' : 'failed', message);
  }
}

/** The root is named by its file and never started. */
function isRoot({ name }) {
  const named = name.startsWith('file:') ? fileURLToPath(name) : path.resolve(cwd, name);
  return openTests[0] !== name && named === path.resolve(cwd, file);
}

function report(data, outcome, message) {
  write({
    type: 'test',
    name: [...openTests.slice(0, data.nesting), data.name],
    outcome,
    durationMs: data.details.duration_ms,
    message,
    file: data.file,
    line: data.line,
    column: data.column,
  });
}

/** An error that node:test could lay at no test makes it fail the file and say so like this. */
function onDiagnostic(data) {
  if (
    !/^(?:Error|Warning): .+ generated asynchronous activity after the test ended\./s.test(
      data.message,
    )
  ) {
    return;
  }
  const known = uncaught instanceof Error && data.message.includes(uncaught.message);
  write({
    type: 'error',
    message: known ? `${data.message}\n${describe(uncaught)}` : data.message,
  });
}

function isSet(value) {
  return value !== undefined && value !== false;
}

/** So long after the last of them it is said that none is open, milliseconds. */
const REST_AFTER_MS = 50;

/** How many tests and suites were declared and have not ended. */
let declared = 0;
let resting = null;

/**
 * node:test itself ends no file before its process would: what a test left open keeps both, and
 * then only this tells that no test is open. From Node 20.16 and 22.2 on, which tell of either.
 */
function onEnqueue() {
  declared += 1;
  clearTimeout(resting);
}

function onComplete() {
  declared -= 1;
  if (declared > 0) return;
  clearTimeout(resting);
  resting = setTimeout(() => write({ type: 'rest' }), REST_AFTER_MS).unref();
}

const HANDLERS = {
  'test:enqueue': onEnqueue,
  'test:complete': onComplete,
  'test:start': onStart,
  'test:pass': onPass,
  'test:fail': onFail,
  'test:diagnostic': onDiagnostic,
};

/**
 * The reporter; node:test wants it as default export. A reporter's input arrives some ticks after
 * the event, too late when the next test ends the process: so it listens to its source itself,
 * which emits in the same tick, and takes from the input only what was emitted before that.
 */
export default class Reporter extends Transform {
  #seen = new WeakSet();

  constructor() {
    super({ writableObjectMode: true });
    connected = true;
    this.on('pipe', (source) => {
      for (const type of Object.keys(HANDLERS)) {
        source.on(type, (data) => this.#take(type, data));
      }
    });
  }

  #take(type, data) {
    if (this.#seen.has(data)) return;
    this.#seen.add(data);
    HANDLERS[type]?.(data);
  }

  _transform({ type, data }, _encoding, done) {
    if (typeof data === 'object' && data !== null) this.#take(type, data);
    done();
  }

  _flush(done) {
    clearTimeout(resting);
    write({ type: 'end' });
    done();
  }
}
