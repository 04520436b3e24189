import { createHash } from 'node:crypto';
import { compareIds, type PlanEntry } from '../core/plan-entry.ts';

/**
 * SHA-256 (hex) over what must be equal on every shard: the units' ids, frameworks, expected
 * durations and shards, and the number of shards. The canonical form is one JSON array a line: a
 * heading with the total, then the units by id.
 *
 * @param total the number of shards; 1 for a run that is not sharded
 */
export function planHash(entries: readonly PlanEntry[], total: number): string {
  const hash = createHash('sha256');
  hash.update(`${JSON.stringify(['pindown-plan', total])}\n`);
  for (const entry of entries.toSorted((a, b) => compareIds(a.id, b.id))) {
    const { id, framework, expectedMs, shard } = entry;
    hash.update(`${JSON.stringify([id, framework, expectedMs, shard])}\n`);
  }
  return hash.digest('hex');
}
