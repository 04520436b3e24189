import type { Part } from '../core/part.ts';
import { planHash } from './plan-hash.ts';
import { equalTotals } from './sum-totals.ts';

/** What does not hold in a part, and the ids of the units concerned. */
export interface Contradiction {
  readonly what: string;
  readonly units: readonly string[];
}

/**
 * What a part says of itself and does not keep, though its checksum fits (a defect, or a blob made
 * by hand); null where all of it holds: its plan has its hash, its units are exactly those that
 * the plan gives its shard, each was finished once, and its totals are their sum.
 */
export function partContradiction(part: Part): Contradiction | null {
  const { index, total } = part.shard ?? { index: 1, total: 1 };
  const own = part.entries.filter(({ shard }) => shard === index).map(({ id }) => id);
  if (index > total || planHash(part.entries, total) !== part.planHash) {
    return { what: 'its plan does not fit its hash', units: own };
  }
  const checks: readonly Contradiction[] = [
    { what: 'it planned units of another shard', units: without(part.planned, own) },
    { what: 'it did not plan all of its units', units: without(own, part.planned) },
    { what: 'it finished units twice', units: repeated(part.finished) },
    { what: 'it finished units that it had not planned', units: without(part.finished, own) },
    { what: 'it did not finish all of its units', units: without(own, part.finished) },
  ];
  const failed = checks.find(({ units }) => units.length > 0);
  if (failed !== undefined) return failed;
  if (equalTotals(part.counted, part.end.totals)) return null;
  return { what: 'its totals are not the sum of its units', units: own };
}

function without(ids: readonly string[], others: readonly string[]): string[] {
  const taken = new Set(others);
  return ids.filter((id) => !taken.has(id));
}

function repeated(ids: readonly string[]): string[] {
  const counts = Map.groupBy(ids, (id) => id);
  return [...counts].filter(([, all]) => all.length > 1).map(([id]) => id);
}
