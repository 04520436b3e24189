import { usageError } from '../core/errors.ts';

/** How long to wait before each retry: an exponential with a cap, and how it is scattered. */
export interface Pace {
  /** Milliseconds before the first retry. */
  readonly baseMs: number;
  /** What each wait is multiplied by for the next one; 1 keeps the pace, less is refused. */
  readonly factor: number;
  /** Milliseconds that no wait is longer than. */
  readonly capMs: number;
  /**
   * `full` takes anything from 0 to the wait, `equal` from its half to the whole. Those who failed
   * together then do not come back together
   * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). `none` is for
   * faults that nobody else's retries make worse.
   */
  readonly jitter: 'none' | 'full' | 'equal';
}

/** A timer of Node that is longer fires after 1 ms instead. */
export const LONGEST_WAIT_MS: number = 2 ** 31 - 1;

/**
 * Milliseconds to wait before a retry.
 *
 * @param retry counts from 1
 * @param random as `Math.random`: from 0 to less than 1
 */
export function waitBefore(retry: number, pace: Pace, random: () => number): number {
  // Infinity times a base of 0 would be no number.
  const growth = Math.min(pace.factor ** (retry - 1), Number.MAX_VALUE);
  const whole = Math.min(pace.baseMs * growth, pace.capMs);
  switch (pace.jitter) {
    case 'none':
      return whole;
    case 'full':
      return whole * random();
    case 'equal':
      return (whole / 2) * (1 + random());
  }
}

/** Throws a `PindownError` (`pace-unbounded`) for a pace whose waits are not bounded. */
export function checkPace(pace: Pace): void {
  const { baseMs, factor, capMs } = pace;
  const bounded = baseMs >= 0 && factor >= 1 && capMs >= 0 && capMs <= LONGEST_WAIT_MS;
  if (bounded && Number.isFinite(baseMs) && Number.isFinite(factor)) return;
  throw usageError(
    'pace-unbounded',
    `Expected a pace with baseMs from 0, factor from 1 and capMs from 0 to ${LONGEST_WAIT_MS}, got ${baseMs}, ${factor} and ${capMs}`,
  );
}
