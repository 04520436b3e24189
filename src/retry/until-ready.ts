import { DeadlineError } from './deadline-error.ts';
import type { Pace } from './pace.ts';
import type { RetryHooks } from './retry-course.ts';
import { retryTransient } from './retry-transient.ts';
import { isSystemFault } from './system-fault.ts';
import { withDeadline } from './with-deadline.ts';

export interface ReadyOptions extends RetryHooks {
  /** Milliseconds after which it is given up, though a check may still run. */
  readonly withinMs: number;
  /** What is waited for, for the error: `the database on port 5432`. */
  readonly what: string;
  /**
   * Which faults mean "not yet"; any other one goes through at once. By default those of a
   * `connect` to a port that nobody listens on (`ECONNREFUSED`) or to a socket that is not there
   * (`ENOENT`).
   */
  readonly when?: (error: unknown) => boolean;
  /** By default from 10 ms to 250 ms, each half again as long as the one before. */
  readonly pace?: Pace;
  /** Breaks it off with its own reason. */
  readonly signal?: AbortSignal;
}

const PACE: Pace = { baseMs: 10, factor: 1.5, capMs: 250, jitter: 'equal' };

/** A bound for a pace without a wait worth the name; time is what usually runs out. */
const MOST_CHECKS = 10_000;

/**
 * Polls until a check succeeds and comes to what it came to; a check that is happy with the first
 * look costs no wait. Rejects with a {@link DeadlineError} whose `cause` is the last fault when the
 * time is up, also where a check hangs.
 *
 * @param check throws while it is not ready; gets a signal that is aborted when the time is up
 */
export async function untilReady<T>(
  check: (signal: AbortSignal) => T | PromiseLike<T>,
  options: ReadyOptions,
): Promise<T> {
  const { withinMs, what, when = notListening, pace = PACE, signal } = options;
  const seen: { fault: { readonly error: unknown } | null; deadline: AbortSignal | null } = {
    fault: null,
    deadline: null,
  };
  const poll = (broken: AbortSignal): Promise<T> => {
    seen.deadline = broken;
    return retryTransient(() => check(broken), {
      ...options,
      when: (error) => {
        if (!when(error)) return false;
        seen.fault = { error };
        return true;
      },
      attempts: MOST_CHECKS,
      deadlineMs: withinMs,
      pace,
      signal: broken,
    });
  };
  try {
    return await withDeadline(poll, withinMs, {
      what,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    const { fault, deadline } = seen;
    if (fault === null) throw error;
    const timeIsUp = error === deadline?.reason && signal?.aborted !== true;
    throw timeIsUp || error === fault.error
      ? new DeadlineError(what, withinMs, fault.error)
      : error;
  }
}

function notListening(error: unknown): boolean {
  return isSystemFault(error, { codes: ['ECONNREFUSED', 'ENOENT'], calls: ['connect'] });
}
