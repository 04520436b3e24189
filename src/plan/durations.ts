import type { Unit } from '../core/unit.ts';

/** Past clean durations by unit id: milliseconds, the newest first. */
export type Durations = ReadonlyMap<string, readonly number[]>;

/** What nothing is known of takes this long, milliseconds. */
export const DEFAULT_EXPECTED_MS = 1000;

/** Older attempts than this many say little of today's unit. */
export const DURATIONS_KEPT = 20;

/**
 * The share of past attempts that were not slower than what is expected. Units vary to the slow
 * side, so the expectation leans there from the median, where there are attempts enough; a single
 * one on a busy machine must not count. Measured: `bench/lpt.ts` prints how even shards come out
 * for several shares. After three past attempts 0.7 and more are 3 to 5 % worse than 0.5 and 0.6;
 * after twenty all from 0.5 to 0.75 are within a percent.
 */
export const EXPECTED_QUANTILE = 0.6;

/**
 * Which durations a plan is made from. What was measured here is nearest to the truth here, so it
 * goes before what was imported. But shards must agree before all, and no two machines have the
 * same history (not even one machine has, from one shard's run to the next): they go by what was
 * imported alone, and where nothing was, all units count the same.
 */
export function chooseDurations(
  recorded: Durations,
  imported: Durations,
  sharded: boolean,
): Durations {
  return sharded ? imported : new Map([...imported, ...recorded]);
}

/**
 * The nearest-rank quantile: the smallest value that at least the share `q` of all values does not
 * exceed; always one of the values, so that nothing depends on how a machine rounds.
 *
 * @param values at least one, in any order
 * @param q from 0 to 1; 0 gives the least value
 */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError('Expected at least one value, got none.');
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!;
}

/**
 * What each unit is expected to take, by id: whole milliseconds, at least 1. A unit with no past
 * is expected to be like the median of the known units in its directory, else in its suite, else
 * {@link DEFAULT_EXPECTED_MS}. (A file's size is no hint here: it would have to be read on every
 * machine, and checkouts differ in line ends.)
 *
 * @param units in any order; the result does not depend on it
 * @param past durations of clean attempts; of each, the newest {@link DURATIONS_KEPT} count
 */
export function expectDurations(
  units: readonly Unit[],
  past: Durations,
  q: number = EXPECTED_QUANTILE,
): Map<string, number> {
  const expected = new Map<string, number>();
  const inDirectory = new Map<string, number[]>();
  const inSuite = new Map<string, number[]>();
  for (const unit of units) {
    const values = (past.get(unit.id) ?? []).filter(isDuration).slice(0, DURATIONS_KEPT);
    if (values.length === 0) continue;
    const known = wholeMs(quantile(values, q));
    expected.set(unit.id, known);
    append(inDirectory, directoryKey(unit), known);
    append(inSuite, unit.suite, known);
  }
  const medianOf = memoize((values: readonly number[]) => quantile(values, 0.5));
  for (const unit of units) {
    if (expected.has(unit.id)) continue;
    const siblings = inDirectory.get(directoryKey(unit)) ?? inSuite.get(unit.suite);
    expected.set(unit.id, siblings === undefined ? DEFAULT_EXPECTED_MS : medianOf(siblings));
  }
  return expected;
}

function isDuration(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

/** Whole, so that every machine hashes the same; at least 1, so that many short units count. */
function wholeMs(value: number): number {
  return Math.max(1, Math.round(value));
}

function directoryKey(unit: Unit): string {
  return `${unit.suite}\0${unit.path.slice(0, Math.max(0, unit.path.lastIndexOf('/')))}`;
}

function append(map: Map<string, number[]>, key: string, value: number): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function memoize<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    let entry = known.get(key);
    if (entry === undefined) known.set(key, (entry = { value: compute(key) }));
    return entry.value;
  };
}
