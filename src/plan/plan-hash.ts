import { createHash } from 'node:crypto';
import { compareIds, type PlanEntry } from '../core/plan-entry.ts';

/** Raised whenever the same units and durations would be split differently. */
const SPLIT_VERSION = 1;

/**
 * SHA-256 (hex) over what must be equal on every shard: the units' ids, frameworks and expected
 * durations, and the number of shards. The canonical form is one JSON array a line: the version
 * and the total, then the units by id.
 *
 * @param total the number of shards; 1 for a run that is not sharded
 */
export function planHash(entries: readonly Omit<PlanEntry, 'shard'>[], total: number): string {
  const hash = createHash('sha256');
  hash.update(`${JSON.stringify(['pindown-plan', SPLIT_VERSION, total])}\n`);
  for (const entry of entries.toSorted((a, b) => compareIds(a.id, b.id))) {
    hash.update(`${JSON.stringify([entry.id, entry.framework, entry.expectedMs])}\n`);
  }
  return hash.digest('hex');
}
