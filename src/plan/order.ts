import { isGreen, type UnitOutcome } from '../core/outcome.ts';
import { compareIds } from '../core/plan-entry.ts';
import type { Unit } from '../core/unit.ts';
import { shuffle } from './random.ts';

/** A unit with what it is expected to take. */
export interface PlannedUnit {
  readonly unit: Unit;
  /** Whole milliseconds, at least 1. */
  readonly expectedMs: number;
}

/** The ways to order a run, as `--order` takes them. */
export const ORDERS = ['duration', 'failed-first', 'path', 'random'] as const;

export type Order = (typeof ORDERS)[number];

/**
 * The units in the order in which they are started.
 *
 * - `duration`: the longest first, so that no long unit is left for the end
 * - `failed-first`: those that failed last time, then the others, each the longest first
 * - `path`: by path, for people who read along
 * - `random`: shuffled, to find tests that need their neighbours
 *
 * Equals are shuffled by the seed; the result depends on the seed and on the set of units, not on
 * the order in which they were listed.
 *
 * @param lastOutcomes what each unit came to when it last came to a result, by id; asked only by
 *   `failed-first`
 */
export function orderUnits(
  planned: readonly PlannedUnit[],
  order: Order,
  seed: number,
  lastOutcomes: ReadonlyMap<string, UnitOutcome>,
): PlannedUnit[] {
  const listed = planned.toSorted((a, b) => compareIds(a.unit.id, b.unit.id));
  // Array.prototype.sort is stable, so what compares equal stays shuffled.
  const shuffled = shuffle(listed, seed);
  const comparators: Readonly<Record<Order, Comparator>> = {
    duration: longestFirst,
    'failed-first': (a, b) =>
      failedFirst(lastOutcomes.get(a.unit.id), lastOutcomes.get(b.unit.id)) || longestFirst(a, b),
    path: (a, b) => compareIds(a.unit.path, b.unit.path),
    random: () => 0,
  };
  return shuffled.sort(comparators[order]);
}

type Comparator = (a: PlannedUnit, b: PlannedUnit) => number;

function longestFirst(a: PlannedUnit, b: PlannedUnit): number {
  return b.expectedMs - a.expectedMs;
}

function failedFirst(a: UnitOutcome | undefined, b: UnitOutcome | undefined): number {
  return Number(didFail(b)) - Number(didFail(a));
}

function didFail(outcome: UnitOutcome | undefined): boolean {
  return outcome !== undefined && !isGreen(outcome);
}
