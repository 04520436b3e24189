import type { Durations } from '../plan/durations.ts';
import type { JobUnit } from './messages.ts';

/** What is done with a unit that hangs, once it was looked at. */
export type OnHang = 'kill' | 'hold' | 'report';

export interface HangWishes {
  /** Null for what a unit's past says, milliseconds. */
  readonly afterMs: number | null;
  readonly onHang: OnHang;
}

const LEAST_MS = 30_000;
const TIMES_ITS_LONGEST = 5;

/**
 * After how long without any movement a job is looked at, milliseconds: what is wished, else the
 * larger of 30 s and five times the longest that any of its units has ever taken cleanly.
 */
export function hangAfter(
  units: readonly Pick<JobUnit, 'unit'>[],
  { afterMs }: HangWishes,
  past: Durations,
): number {
  if (afterMs !== null) return afterMs;
  const longest = Math.max(0, ...units.flatMap(({ unit }) => past.get(unit.id) ?? []));
  return Math.max(LEAST_MS, TIMES_ITS_LONGEST * longest);
}
