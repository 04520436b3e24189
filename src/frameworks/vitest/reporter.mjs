/*
 * What Vitest (3 or newer) reports, written into the job's results file (see records.ts) while it
 * happens: each record in one synchronous write. Lives in Vitest's main process: tests run in
 * others, whose results come in packets a tenth of a second apart, so that a worker that dies
 * takes what its test had done in the last of them along.
 */
import { openSync, writeSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect, stripVTControlCharacters } from 'node:util';
import { onWorkerDeath } from './worker-deaths.mjs';

/** How much of a message the results file takes, in characters; the output has the whole. */
const MESSAGE_LENGTH = 65_536;

/** A line of a stack. */
const FRAME = /^\s+at (?:async )?(?:(.+) \()?(.+?):(\d+):(\d+)\)?$/;

/** Files that are in the stack of every test. */
const FRAMEWORK = /^node:|[\\/]node_modules[\\/](?:@vitest|vitest|vite-node|tinypool)[\\/]/;

/** How Vitest itself puts it. */
const DEATH = 'Worker exited unexpectedly';

/** Causes of causes: deeper than this is a loop. */
const CAUSES = 8;

export class PindownReporter {
  #descriptor;
  #token;
  /**
   * By file: whether it has begun, whether a worker has died of it, and how many of its modules
   * (one a project) have not ended.
   */
  #units;
  #vitest = null;
  #ended = false;
  /** Ids of tests and modules, and unhandled errors, that were reported. */
  #reported = new Set();
  /** The files that an error was laid at. */
  #explained = new Set();
  #typechecked = new Set();
  /** Dead workers that were told of, and that Vitest itself tells of at the end of all. */
  #deaths = 0;

  constructor({ token, resultsFile, files }) {
    this.#token = token;
    this.#descriptor = openSync(resultsFile, 'ax');
    this.#units = new Map(files.map((file) => [file, { begun: false, died: false, open: 0 }]));
    this.#write({ type: 'begin' });
    onWorkerDeath(
      (paths, how) => this.#onWorkerDeath(paths, how),
      (paths, pid) => this.#onGiven(paths, pid),
    );
    process.on('exit', (status) => this.#onExit(status));
  }

  onInit(vitest) {
    this.#vitest = vitest;
  }

  onTestRunStart(specifications) {
    for (const { moduleId, pool } of specifications) {
      this.#units.get(moduleId).open += 1;
      if (pool === 'typescript') this.#typechecked.add(moduleId);
    }
  }

  onTestModuleQueued({ moduleId }) {
    this.#begin(moduleId);
  }

  onTestModuleStart({ moduleId }) {
    this.#begin(moduleId);
  }

  onTestCaseResult(test) {
    this.#report(test);
  }

  /** Before Vitest 4 that is the last that is heard of a file that failed to load. */
  onTestModuleCollected(module) {
    if (module.state() === 'failed') this.onTestModuleEnd(module);
  }

  onTestModuleEnd(module) {
    const unit = module.moduleId;
    if (this.#reported.has(module.id)) return;
    this.#reported.add(module.id);
    this.#begin(unit);
    // Not every test that was skipped, nor any that never ran, has had an event of its own.
    for (const test of module.children.allTests()) this.#report(test);
    for (const suite of module.children.allSuites()) {
      for (const error of suite.errors()) {
        this.#error(unit, `${this.#nameOf(suite).join(' > ')}: ${textOf(error)}`);
      }
    }
    for (const error of module.errors()) this.#error(unit, textOf(error));
    // What is known by now belongs before the file's end; what comes later is told at the end.
    for (const error of this.#vitest.state.getUnhandledErrors()) {
      if (error.VITEST_TEST_PATH === unit) this.#unhandled(error);
    }
    this.#close(unit);
  }

  onTestRunEnd(modules, errors) {
    // Nor has a file without tests an end of its own there.
    for (const module of modules) this.onTestModuleCollected(module);
    for (const error of errors) this.#unhandled(error);
  }

  /** Files that were asked for and that Vitest does not know as test files any more. */
  missing(files) {
    for (const unit of files) {
      process.exitCode = 1;
      this.#error(unit, `Vitest does not list ${unit} any more: was it changed meanwhile?`);
    }
  }

  /** Vitest itself failed: by its configuration, a global set-up, a plugin. */
  failed(error) {
    process.exitCode = 1;
    this.#error(null, textOf(error));
  }

  end() {
    this.#ended = true;
    this.#write({ type: 'end' });
  }

  /** Before Vitest 4 its own process ends at once when a worker dies. */
  #onExit(status) {
    if (this.#ended) return;
    for (const [unit, { begun, open }] of this.#units) {
      if (begun && open > 0) {
        this.#error(unit, `Vitest ended with status ${status} while it ran; did its worker die?`);
      }
    }
  }

  /** Of several projects a file has a worker each, of which none is the file's own. */
  #onGiven(paths, pid) {
    for (const unit of paths) {
      if (this.#units.get(unit)?.open === 1) this.#write({ type: 'unit-worker', unit, pid });
    }
  }

  /** Vitest keeps it to itself until all others have ended. */
  #onWorkerDeath(paths, how) {
    const left = paths.filter((path) => this.#units.get(path)?.open > 0);
    const unit = left.find((path) => this.#units.get(path).begun) ?? left[0];
    if (unit === undefined) return;
    this.#begin(unit);
    this.#deaths += 1;
    this.#units.get(unit).died = true;
    this.#error(unit, `Error: ${DEATH} with ${how}`);
    this.#close(unit);
  }

  #close(unit) {
    const state = this.#units.get(unit);
    state.open -= 1;
    if (state.open === 0) this.#write({ type: state.died ? 'unit-died' : 'unit-end', unit });
  }

  #begin(unit) {
    const state = this.#units.get(unit);
    if (state.begun) return;
    state.begun = true;
    this.#write({ type: 'unit-begin', unit });
  }

  #report(test) {
    if (this.#reported.has(test.id)) return;
    this.#reported.add(test.id);
    const result = test.result();
    // A test that passed by Vitest's own retry has errors, too.
    const failure =
      result.state === 'failed' ? result.errors?.map(locationOf).find(Boolean) : undefined;
    this.#write({
      type: 'test',
      unit: test.module.moduleId,
      name: this.#nameOf(test),
      durationMs: test.diagnostic()?.duration ?? null,
      ...outcomeOf(test, result),
      ...(failure ?? (test.location && { file: test.module.moduleId, ...test.location })),
    });
  }

  /** Its own name behind those of what it stands in; the project's first, if there are several. */
  #nameOf(task) {
    const names = [];
    for (let at = task; at.type !== 'module'; at = at.parent) names.unshift(at.name);
    const project = this.#vitest.projects.length > 1 ? task.project.name : '';
    return project === '' ? names : [project, ...names];
  }

  #unhandled(error) {
    if (this.#vitest.config.dangerouslyIgnoreUnhandledErrors || this.#reported.has(error)) return;
    this.#reported.add(error);
    const text = textOf(error);
    if (text.includes(DEATH) && this.#deaths > 0) {
      this.#deaths -= 1;
      return;
    }
    for (const unit of this.#ownersOf(error, text)) this.#error(unit, text);
  }

  /** The files that an unhandled error is laid at; `null` where it may be anyone's. */
  #ownersOf(error, text) {
    const ran = [...this.#units].filter(([, { begun }]) => begun).map(([unit]) => unit);
    const own = ran.filter((unit) => unit === error.VITEST_TEST_PATH);
    if (own.length > 0) return own;
    const named = ran.filter((unit) => text.includes(unit));
    if (named.length > 0) return named;
    // A worker that dies takes the file along that it ran; before Vitest 5 it is not named.
    const cutOff = ran.filter((unit) => this.#units.get(unit).open > 0);
    const [unexplained] = cutOff.filter((unit) => !this.#explained.has(unit));
    if (unexplained !== undefined) return [unexplained];
    if (cutOff.length > 0) return cutOff;
    if (/typecheck/i.test(`${error.name} ${error.type}`) && this.#typechecked.size > 0) {
      return [...this.#typechecked];
    }
    return [null];
  }

  #error(unit, message) {
    this.#explained.add(unit);
    this.#write({ type: 'error', unit, message: message.slice(0, MESSAGE_LENGTH) });
  }

  #write(record) {
    writeSync(this.#descriptor, `${JSON.stringify({ a: this.#token, ...record })}\n`);
  }
}

function outcomeOf(test, { state, note, errors = [] }) {
  const texts = errors.map((error) => textOf(error).slice(0, MESSAGE_LENGTH));
  switch (state) {
    case 'passed':
      // All that it has are of tries before, under `retry`.
      return { outcome: 'passed', message: null, failedTries: texts };
    case 'failed': {
      // Which error is of which try is not said: it is plain only where each had one.
      const retries = test.diagnostic()?.retryCount ?? 0;
      const failedTries = texts.length === retries + 1 ? texts.slice(0, retries) : [];
      const message = texts.slice(failedTries.length).join('\n\n').slice(0, MESSAGE_LENGTH);
      return { outcome: 'failed', message, failedTries };
    }
    case 'skipped':
      return {
        outcome: 'skipped',
        message: note ?? (test.options.mode === 'todo' ? 'todo' : null),
      };
    default:
      return { outcome: 'errored', message: 'its file ended before it was run' };
  }
}

/** Message, difference and stack, the stack in terms of the sources. */
function textOf(error, depth = 0) {
  if (typeof error !== 'object' || error === null) return inspect(error);
  const { message, diff, cause } = error;
  // That a worker died is the cause; that it emitted an error says no more.
  if (cause && String(message).startsWith('[vitest-pool]')) return textOf(cause, depth + 1);
  const name = String(error.name ?? 'Error').replace(/^(?:Caused by: )+/, '');
  const head = message === undefined ? inspect(error) : `${name}: ${message}`;
  const frames = framesOf(error).map(({ text }) => text);
  const causes = cause && depth < CAUSES ? [`Caused by: ${textOf(cause, depth + 1)}`] : [];
  return stripVTControlCharacters([head, ...(diff ? [diff] : []), ...frames, ...causes].join('\n'));
}

/** The first frame in the project's own code. */
function locationOf(error) {
  const frame = framesOf(error).find(({ own }) => own);
  return frame === undefined ? null : { file: frame.file, line: frame.line, column: frame.column };
}

/** The stack without what every test of Vitest's has at its end, unless it has nothing else. */
function framesOf(error) {
  const frames = error?.stacks?.length > 0 ? error.stacks.map(frameOf) : parseStack(error?.stack);
  const telling = frames.filter(({ file }) => !FRAMEWORK.test(file));
  return telling.length > 0 ? telling : frames;
}

/** Before Vitest 4 only the stack's text is there, and that of a cause is in no other version. */
function parseStack(stack) {
  if (typeof stack !== 'string') return [];
  return stack.split('\n').flatMap((text) => {
    const [, method, file, line, column] = FRAME.exec(text) ?? [];
    if (file === undefined) return [];
    const path = file.startsWith('file:') ? fileURLToPath(file) : file;
    return [frameOf({ method, file: path, line: Number(line), column: Number(column) })];
  });
}

function frameOf({ method, file, line, column }) {
  const place = `${file}:${line}:${column}`;
  return {
    file,
    line,
    column,
    text: method ? `    at ${method} (${place})` : `    at ${place}`,
    own: isAbsolute(file) && !/[\\/]node_modules[\\/]/.test(file),
  };
}
