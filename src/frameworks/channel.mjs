/*
 * What is loaded into a JavaScript framework's process writes its records (records.ts) with this.
 * Works on Node 18 to 26 and imports Node's own only.
 */
import fs from 'node:fs';
import { inspect } from 'node:util';
import { isMainThread } from 'node:worker_threads';

/** How much of a message the results file takes, in characters; the output has the whole. */
const MESSAGE_LENGTH = 65_536;

/* Taken now: a test may replace it. */
const { writeSync } = fs;

/**
 * Opens the results file that a module's own URL names (`?out=FILE&token=TOKEN`): an environment
 * would be handed on to the tests' children. The first who comes makes the file; null for worker
 * threads and forked children, who inherit the options that load such a module.
 *
 * @param {string} url the module's `import.meta.url`
 * @returns {((record: object) => void) | null} writes one record in one synchronous write, so that
 *   a process that dies a moment later has still reported it
 */
export function openChannel(url) {
  const parameters = new URL(url).searchParams;
  const token = parameters.get('token');
  let descriptor = isMainThread ? open(parameters.get('out')) : null;
  if (descriptor === null) return null;
  // What a test starts with process.execArgv is not ours.
  process.execArgv = process.execArgv.filter((argument) => !argument.endsWith(`=${url}`));
  return (record) => {
    if (descriptor === null) return;
    try {
      writeSync(descriptor, `${JSON.stringify({ a: token, ...record })}\n`);
    } catch (error) {
      // Without its last record a results file says that it is not whole.
      descriptor = null;
      process.stderr.write(`pindown: results can't be written: ${describe(error)}\n`);
    }
  };
}

function open(file) {
  try {
    return fs.openSync(file, 'ax');
  } catch (error) {
    if (error.code !== 'EEXIST') {
      process.stderr.write(`pindown: no results file: ${describe(error)}\n`);
    }
    return null;
  }
}

/** A thrown value for people: an error's message, stack and causes. Never throws. */
export function describe(error) {
  try {
    return textOf(error).slice(0, MESSAGE_LENGTH);
  } catch {
    // A test can throw what throws when it is looked at.
    return `a thrown ${typeof error} that can't be shown`;
  }
}

function textOf(error) {
  if (typeof error === 'string') return error;
  // Also errors of another realm (vm contexts).
  if (Object.prototype.toString.call(error) !== '[object Error]' && !(error instanceof Error)) {
    return inspect(error);
  }
  const message = String(error.message);
  const stack = typeof error.stack === 'string' ? error.stack : '';
  const own = stack.includes(message) ? stack : `${error.name}: ${message}\n${stack}`;
  const inner = [...(Array.isArray(error.errors) ? error.errors : [])];
  if (error.cause !== undefined) inner.push(error.cause);
  return [own, ...inner.slice(0, 20).map((cause) => `[cause] ${inspect(cause)}`)].join('\n');
}
