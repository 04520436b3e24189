import { usageError } from '../core/errors.ts';
import type { UnitOutcome } from '../core/outcome.ts';
import { compareIds, type PlanEntry } from '../core/plan-entry.ts';
import type { Shard } from '../core/run.ts';
import type { Unit } from '../core/unit.ts';
import { type Durations, expectDurations } from './durations.ts';
import { makespan } from './least-loaded.ts';
import { nameUnits } from './name-units.ts';
import { type Order, orderUnits, type PlannedUnit } from './order.ts';
import { planHash } from './plan-hash.ts';
import { splitByDuration } from './shard.ts';

export interface PlanInput {
  /** All units that were selected, in any order; not this shard's alone. */
  readonly units: readonly Unit[];
  readonly durations: Durations;
  /** What each unit came to last time, by id; asked only by the order `failed-first`. */
  readonly lastOutcomes: ReadonlyMap<string, UnitOutcome>;
  readonly seed: number;
  readonly order: Order;
  /** Null where the run is not sharded. */
  readonly shard: Shard | null;
  /** At least 1. */
  readonly workers: number;
}

export interface Plan {
  /** SHA-256 (hex) over what must be equal on all shards; see `plan-hash.ts`. */
  readonly planHash: string;
  /** The whole plan, all shards, by id: what a blob carries for the proof of a merge. */
  readonly entries: readonly PlanEntry[];
  /** The units of all shards, in order. */
  readonly all: readonly PlannedUnit[];
  /** The units of this shard, in order; all of them where the run is not sharded. */
  readonly mine: readonly PlannedUnit[];
  /** How long `mine` takes on the workers if every expectation holds, milliseconds. */
  readonly predictedMakespanMs: number;
}

/**
 * Makes the plan of a run. Shards on several machines agree on it exactly if they see the same
 * units and the same durations (`pindown durations export` and `import` carry them); the hash says
 * whether they did.
 *
 * @throws PindownError (exit status 2) where two units have one id
 */
export function makePlan(input: PlanInput): Plan {
  assertUnique(input.units);
  const total = input.shard?.total ?? 1;
  const expected = expectDurations(input.units, input.durations);
  const shardOf = splitByDuration(expected, total);
  const planned = input.units.map((unit) => ({ unit, expectedMs: expected.get(unit.id)! }));
  const entries = planned
    .map(({ unit, expectedMs }) => ({
      id: unit.id,
      framework: unit.framework,
      expectedMs,
      shard: shardOf.get(unit.id)!,
    }))
    .sort((a, b) => compareIds(a.id, b.id));
  const all = orderUnits(planned, input.order, input.seed, input.lastOutcomes);
  const index = input.shard?.index ?? 1;
  const mine = all.filter(({ unit }) => shardOf.get(unit.id) === index);
  return {
    planHash: planHash(entries, total),
    entries,
    all,
    mine,
    predictedMakespanMs: makespan(
      mine.map(({ expectedMs }) => expectedMs),
      input.workers,
    ),
  };
}

function assertUnique(units: readonly Unit[]): void {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { id } of units) {
    if (seen.has(id)) twice.add(id);
    seen.add(id);
  }
  if (twice.size === 0) return;
  throw usageError(
    'duplicate-units',
    `More than one unit has the same id, so their results could not be told apart: ${nameUnits([...twice])}.`,
    'Two suites with one name list the same file: give each suite in pindown.toml its own name.',
  );
}
