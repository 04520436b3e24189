import { usageError } from '../core/errors.ts';
import { compareIds } from '../core/plan-entry.ts';
import type { Shard } from '../core/run.ts';
import { LeastLoaded } from './least-loaded.ts';

/** More shards than any CI starts in one matrix. */
export const MOST_SHARDS = 10_000;

/**
 * Reads `--shard i/n`.
 *
 * @throws PindownError (exit status 2) where it is no `i/n` with 1 <= i <= n <= 10,000
 */
export function parseShard(text: string): Shard {
  const bad = (why: string): Error =>
    usageError(
      'bad-shard',
      `--shard ${JSON.stringify(text)}: ${why}.`,
      'Give each machine its own part of the same number: --shard 1/4, --shard 2/4, and so on.',
    );
  const match = /^(\d+)\/(\d+)$/.exec(text.trim());
  if (match === null) throw bad('expected INDEX/TOTAL, two whole numbers from 1');
  const [index, total] = [Number(match[1]), Number(match[2])];
  if (total < 1) throw bad('there must be at least one shard');
  if (total > MOST_SHARDS) throw bad(`at most ${MOST_SHARDS} shards are possible`);
  if (index < 1) throw bad('shards are counted from 1');
  if (index > total) throw bad(`there is no shard ${match[1]} of ${total}`);
  return { index, total };
}

/**
 * Which shard runs which unit, by id, shards counted from 1: the longest unit first, each to the
 * shard with the least to do until then (LPT; Graham 1969, "Bounds on multiprocessing timing
 * anomalies": at most 4/3 - 1/(3n) of the best split). Equal durations go by id, equal loads to
 * the lowest shard: the split depends on the units and their durations alone, neither on a seed
 * nor on the order in which a machine listed them. With more shards than units some stay empty.
 *
 * @param expected expected milliseconds by unit id
 */
export function splitByDuration(
  expected: ReadonlyMap<string, number>,
  total: number,
): Map<string, number> {
  const longestFirst = [...expected].sort(([a, x], [b, y]) => y - x || compareIds(a, b));
  const loads = new LeastLoaded(total);
  return new Map(longestFirst.map(([id, ms]) => [id, loads.add(ms) + 1]));
}
