import { ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { ETXTBSY_RULE } from './etxtbsy-rule.ts';
import type { RetryHooks } from './retry-course.ts';
import { retryTransient, retryTransientSync } from './retry-transient.ts';

export interface EtxtbsyOptions extends RetryHooks {
  /** Breaks off the waits, as with `retryTransient`. */
  readonly signal?: AbortSignal;
}

/**
 * Starts a command again while the kernel refuses it with `ETXTBSY`, under {@link ETXTBSY_RULE}:
 * after 5, 10, 20, 40 and 80 ms, six calls in all. It takes the refusal however Node gives it:
 *
 * - `spawn` and `execFile` throw it; where a child is returned that then tells of it (or of any
 *   other refusal) in an `error` event, the promise rejects with that error;
 * - `promisify(execFile)`, execa and their like reject with it;
 * - `spawnSync` returns it in the result's `error`. The last result is returned as it is.
 *
 * @param operation builds the whole command anew on each call; a child is to be returned in the
 *   same turn it is made in, or its `error` event has nobody to go to
 */
export async function retryEtxtbsy<T>(
  operation: (attempt: number) => T | PromiseLike<T>,
  options: EtxtbsyOptions = {},
): Promise<T> {
  const last = new LastRefused<T>();
  try {
    return await retryTransient(
      (attempt) => {
        const started = startedOf(operation(attempt));
        return isPromise(started) ? started : last.checked(started);
      },
      { rule: ETXTBSY_RULE, ...options },
    );
  } catch (error) {
    return last.resultOf(error);
  }
}

/** {@link retryEtxtbsy} for `execFileSync` and `spawnSync`; the waits hold up the whole thread. */
export function retryEtxtbsySync<T>(
  operation: (attempt: number) => T,
  options: RetryHooks = {},
): T {
  const last = new LastRefused<T>();
  try {
    return retryTransientSync((attempt) => last.checked(operation(attempt)), {
      rule: ETXTBSY_RULE,
      ...options,
    });
  } catch (error) {
    return last.resultOf(error);
  }
}

/**
 * `spawn` of `node:child_process` under {@link retryEtxtbsy}. Resolves as soon as the process is
 * there, its `spawn` event having passed; rejects where it is refused, also where `spawn` alone
 * would tell so in an `error` event. `options.signal` breaks off the waits too.
 *
 * For a child typed by its `stdio` take ``retryEtxtbsy(() => spawn(…))``.
 */
export function spawnRetry(
  command: string,
  args: readonly string[] = [],
  options: SpawnOptions = {},
  hooks: RetryHooks = {},
): Promise<ChildProcess> {
  const { signal } = options;
  return retryEtxtbsy(() => spawn(command, [...args], { ...options }), {
    ...hooks,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** A child without a pid was not started and says why in an event; execa's is a promise as well. */
function startedOf<T>(started: T | PromiseLike<T>): T | PromiseLike<T> {
  if (isPromise(started)) return started;
  if (!(started instanceof ChildProcess) || started.pid !== undefined) return started;
  return new Promise((_, reject) => started.once('error', reject));
}

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value;
}

/** Throws what a result carries, and gives the result back for it where that comes through. */
class LastRefused<T> {
  #last: { readonly result: T; readonly error: Error } | null = null;

  checked(result: T): T {
    const error = carriedError(result);
    if (error === null) return result;
    this.#last = { result, error };
    throw error;
  }

  resultOf(error: unknown): T {
    if (this.#last !== null && this.#last.error === error) return this.#last.result;
    throw error;
  }
}

/** `SpawnSyncReturns` has it next to its `status`. */
function carriedError(result: unknown): Error | null {
  if (typeof result !== 'object' || result === null || !('status' in result)) return null;
  return 'error' in result && result.error instanceof Error ? result.error : null;
}
