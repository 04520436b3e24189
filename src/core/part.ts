import type { PlanEntry } from './plan-entry.ts';
import type { RunEnd, RunInfo, Shard, Totals } from './run.ts';

/** What one blob says of its part of the plan, its content and its checksum being in order. */
export interface Part {
  /** Where it was read from, for messages. */
  readonly file: string;
  readonly planHash: string;
  /** Null where the run was not sharded. */
  readonly shard: Shard | null;
  /** The whole plan, all shards. */
  readonly entries: readonly PlanEntry[];
  /** Ids of the units that this part had to run. */
  readonly planned: readonly string[];
  /** Ids of the units that it finished, as often as it did. */
  readonly finished: readonly string[];
  /** Counted from the finished units, not copied from the end. */
  readonly counted: Totals;
  readonly run: RunInfo;
  readonly end: RunEnd;
  /** Milliseconds since the epoch, by the clock of the machine that ran it. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** A blob that can't be believed. */
export interface BrokenPart {
  readonly file: string;
  /** What is wrong with it, to be read after the file's name: `is truncated: …`. */
  readonly fault: string;
  /** Ids of the units that it was to run, as far as it could be read. */
  readonly units: readonly string[];
}
