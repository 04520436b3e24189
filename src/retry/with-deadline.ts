import { systemClock } from '../core/clock.ts';
import { usageError } from '../core/errors.ts';
import { DeadlineError } from './deadline-error.ts';
import { LONGEST_WAIT_MS } from './pace.ts';

export interface DeadlineOptions {
  /** What is done, for the error: `the answer of the server`. */
  readonly what: string;
  /** Breaks it off before the deadline, with its own reason. */
  readonly signal?: AbortSignal;
}

/**
 * Runs an operation with a signal that is aborted at its deadline, and rejects then with a
 * {@link DeadlineError}, whether the operation heeds the signal or not. What it comes to later is
 * dropped: also an error, which nobody could handle any more. An operation that ends in time
 * leaves no timer behind.
 *
 * A thread that is busy can't be interrupted: an operation that blocks it and then succeeds has
 * succeeded, however late.
 *
 * @param limit milliseconds, or a signal whose abort is the deadline; where that (or
 *   `options.signal`) is aborted already, nothing is called
 */
export async function withDeadline<T>(
  operation: (signal: AbortSignal) => T | PromiseLike<T>,
  limit: number | AbortSignal,
  { what, signal }: DeadlineOptions,
): Promise<T> {
  const controller = new AbortController();
  const { promise: brokenOff, reject } = Promise.withResolvers<never>();
  const breakOff = (reason: unknown): void => {
    // First, so that it wins over what the operation makes of the signal.
    reject(reason);
    controller.abort(reason);
  };
  const disarm = armDeadline(limit, what, breakOff);
  const unlisten = signal === undefined ? null : onAbort(signal, breakOff);
  try {
    if (controller.signal.aborted) return await brokenOff;
    return await Promise.race([operation(controller.signal), brokenOff]);
  } finally {
    disarm();
    unlisten?.();
  }
}

/** Comes to what takes the deadline back. */
function armDeadline(
  limit: number | AbortSignal,
  what: string,
  pass: (error: DeadlineError) => void,
): () => void {
  if (typeof limit !== 'number') {
    const startedAt = systemClock.monotonic();
    const elapsed = (): number => systemClock.monotonic() - startedAt;
    return onAbort(limit, (reason) => pass(new DeadlineError(what, elapsed(), reason)));
  }
  if (!(limit >= 0 && limit <= LONGEST_WAIT_MS)) {
    throw usageError(
      'deadline-unbounded',
      `Expected a deadline from 0 to ${LONGEST_WAIT_MS} ms, got ${limit}`,
    );
  }
  const timer = setTimeout(() => pass(new DeadlineError(what, limit)), limit);
  return () => clearTimeout(timer);
}

/** Calls back at once where it is aborted already; comes to what stops listening. */
function onAbort(signal: AbortSignal, callback: (reason: unknown) => void): () => void {
  const abort = (): void => callback(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return () => signal.removeEventListener('abort', abort);
}
