import { extname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describeFault, usageError } from '../../core/errors.ts';
import { type FromWatchdog, instant, type ToWatchdog, WATCHDOG_NAME } from './watchdog-message.ts';

export interface DumpOnHangOptions {
  /** Milliseconds from now after which what is guarded counts as hanging. */
  readonly after: number;
  /** The file that is written then; its directory is made where it is not there. */
  readonly path: string;
  /** Disarms it, too, when it aborts. */
  readonly signal?: AbortSignal;
}

/** What is guarded, as a scope. */
export interface HangGuard extends Disposable {
  /** It is done: nothing is written any more. The same as leaving the scope of a `using`. */
  dispose(): void;
}

/**
 * Writes the main thread's stacks, its handles, its timers and its suspended async functions to a
 * file, unless the guard is disposed of within `after` milliseconds. A thread of its own does it, so
 * that a loop that blocks the main thread is told, too. Where nothing hangs, nothing is written; the
 * thread starts with the first guard, serves all of them, and keeps no process alive.
 *
 * @throws {PindownError} there are no options; `after` is no time; `path` is no path; it was not called by the main thread
 */
export function dumpOnHang(options: DumpOnHangOptions): HangGuard {
  // The types say so, and whoever writes JavaScript learns of it here.
  if (typeof options !== 'object' || options === null) {
    throw usageError(
      'no-options',
      `Expected { after, path }, got ${JSON.stringify(options)}.`,
      'Call it as dumpOnHang({ after: 10_000, path: "hang.json" }).',
    );
  }
  const { after, path, signal } = options;
  if (!Number.isFinite(after) || after < 0 || after > MOST_MS) {
    throw usageError(
      'not-a-time',
      `Expected "after" to be milliseconds from 0 to ${MOST_MS}, got ${after}.`,
      'It is the time after which what is guarded counts as hanging.',
    );
  }
  if (typeof path !== 'string' || path === '') {
    throw usageError(
      'not-a-path',
      `Expected "path" to be the path of a file, got ${JSON.stringify(path)}.`,
      'What a hanging process is at is written to it.',
    );
  }
  const disarmed = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  number += 1;
  const id = number;
  const dispose = (): void => {
    // At once, by the memory that both share: a message might come too late.
    if (Atomics.exchange(disarmed, 0, 1) === 0) tell({ kind: 'disarm', id });
    signal?.removeEventListener('abort', dispose);
  };
  const guard = { dispose, [Symbol.dispose]: dispose };
  if (signal?.aborted === true) return guard;
  signal?.addEventListener('abort', dispose, { once: true });
  const at = instant();
  tell({ kind: 'arm', id, at, afterMs: after, path: resolve(path), disarmed });
  return guard;
}

/** What a timer of Node can wait. */
const MOST_MS = 2 ** 31 - 1;

let number = 0;
let watchdog: Worker | null = null;

function tell(message: ToWatchdog): void {
  watchdog ??= startWatchdog();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- of threads, not of windows
  watchdog.postMessage(message);
}

function startWatchdog(): Worker {
  // Compiled as in the repository it has the same ending as this file.
  const file = join(import.meta.dirname, `watchdog-thread${extname(import.meta.filename)}`);
  const worker = new Worker(file, {
    name: WATCHDOG_NAME,
    // Options such as --test or --import are the program's, not the watchdog's.
    execArgv: [],
    workerData: process.argv.slice(1).join(' '),
    stdin: false,
  });
  worker.on('message', (message: FromWatchdog) => {
    if (message.kind === 'wake') return;
    const { path, because } = message;
    process.emitWarning(`${path} was not written: ${because}`, { code: 'PINDOWN_DUMP_ON_HANG' });
  });
  worker.on('error', (error: unknown) => {
    watchdog = null;
    process.emitWarning(describeFault(error), { code: 'PINDOWN_DUMP_ON_HANG' });
  });
  // Last: whoever listens to it would keep the process by it.
  worker.unref();
  return worker;
}
