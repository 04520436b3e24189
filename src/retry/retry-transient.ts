import { RetryCourse, type RetryHooks, type RetryTerms } from './retry-course.ts';

/** Terms, and what breaks off the waits. */
export type RetryOptions = RetryTerms &
  RetryHooks & {
    /**
     * Aborting it means that the result is no longer wanted, as everywhere in Node: nothing is
     * called where it is aborted from the start (unlike with a deadline that is past), and a wait
     * ends at once; both reject with its reason. A call that runs is left to end, and what it
     * comes to counts; give the signal to the operation too where that can be cut short.
     */
    readonly signal?: AbortSignal;
  };

/**
 * Calls an operation until it succeeds, as long as it fails with a fault that goes away by itself,
 * within bounds of both calls and time. Every other error goes through unchanged and at once, and
 * so does the last fault when the bounds are reached: the very object that was thrown.
 *
 * Where the first call succeeds, this costs a reading of the clock: no timer, no further call.
 *
 * The operation must be safe to repeat: it had no effect when it failed so, or the same one again
 * does no harm.
 *
 * @param operation may throw or reject; gets the number of the call, from 1, and should build all
 *   it needs anew
 */
export async function retryTransient<T>(
  operation: (attempt: number) => T | PromiseLike<T>,
  options: RetryOptions,
): Promise<T> {
  const { signal } = options;
  const course = new RetryCourse(options);
  signal?.throwIfAborted();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await operation(attempt);
    } catch (error) {
      const waitMs = course.afterFailure(error);
      if (waitMs === null) throw error;
      await course.timekeeper.wait(waitMs, signal);
    }
  }
}

/**
 * {@link retryTransient} for an operation that does not return a promise, such as `execFileSync`.
 * The waits hold up the whole thread.
 */
export function retryTransientSync<T>(
  operation: (attempt: number) => T,
  options: RetryTerms & RetryHooks,
): T {
  const course = new RetryCourse(options);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return operation(attempt);
    } catch (error) {
      const waitMs = course.afterFailure(error);
      if (waitMs === null) throw error;
      course.timekeeper.waitSync(waitMs);
    }
  }
}
