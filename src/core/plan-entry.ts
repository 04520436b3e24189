import type { FrameworkName } from './unit.ts';

/**
 * One unit of the whole plan, as every shard sees it. The entries of all shards are equal, and the
 * plan's hash is taken over them; so each blob can prove by itself what the others must hold.
 */
export interface PlanEntry {
  readonly id: string;
  readonly framework: FrameworkName;
  /** What it is expected to take: whole milliseconds, at least 1. */
  readonly expectedMs: number;
  /** The shard that runs it, from 1; 1 for all where the run is not sharded. */
  readonly shard: number;
}

/** The order of ids that is the same on every machine, whatever its locale: by code unit. */
export function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
