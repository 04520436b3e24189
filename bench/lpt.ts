import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import type { Unit } from '../src/core/unit.ts';
import { type Durations, EXPECTED_QUANTILE, expectDurations } from '../src/plan/durations.ts';
import { makePlan } from '../src/plan/plan.ts';
import { randomNumbers } from '../src/plan/random.ts';
import { splitByDuration } from '../src/plan/shard.ts';
import type { BenchRow } from './row.ts';

const WORKERS = [2, 4, 8];
const SHARDS = [2, 4, 8];
/** Near the perfect plan: the makespan may be so many times max(longest, sum / workers). */
const MAKESPAN_GOAL = 1.05;

const SYNTHETIC_UNITS = 300;
/** Past runs that expectations are made from. */
const PAST_RUNS = 10;
/** Units differ in how much their attempts spread: lognormal, sigma between these. */
const LEAST_SIGMA = 0.1;
const MOST_SIGMA = 0.8;
/** One attempt in twenty is slowed down by what else runs on the machine. */
const SLOWED_SHARE = 0.05;
const SLOWED_BY = 4;
const QUANTILES = [0.5, EXPECTED_QUANTILE, 0.75, 0.9];
const TRIALS = 100;
const NOISY_SHARDS = 4;

interface Suite {
  readonly name: string;
  readonly units: readonly Unit[];
  /** Milliseconds, for each unit. */
  readonly durations: readonly number[];
}

/**
 * The plan against what is possible: its makespan against max(longest, sum / workers), which no
 * plan can beat; its fullest shard against those of a hash and of a round-robin split; and what a
 * run comes to when durations vary, for several quantiles that expectations could be made with.
 * Of several suites a figure is the worst, beside their range.
 */
export function benchLpt(): BenchRow[] {
  const suites = [...recordedSuites(), ...syntheticSuites()];
  return [
    ...WORKERS.map((workers) => makespanRow(suites, workers)),
    ...SHARDS.flatMap((total) => [
      shardRow(suites, total, 'a hash split', ({ id }) => hashOf(id)),
      shardRow(suites, total, 'a round-robin split', (_, at) => at),
    ]),
    ...QUANTILES.map((q) => quantileRow(suites, q)),
  ];
}

function makespanRow(suites: readonly Suite[], workers: number): BenchRow {
  return {
    name: `makespan on ${workers} workers, worst of ${suites.length} suites`,
    ...worst(
      suites.map(
        (suite) => plannedMakespan(suite, workers) / leastMakespan(suite.durations, workers),
      ),
    ),
    goal: MAKESPAN_GOAL,
    unit: 'of max(longest, sum / workers)',
  };
}

/** @param numberOf of each unit a number; its remainder is the unit's shard in the other split */
function shardRow(
  suites: readonly Suite[],
  total: number,
  other: string,
  numberOf: (unit: Unit, at: number) => number,
): BenchRow {
  const ratios = suites.map((suite) => {
    const expected = new Map(suite.units.map(({ id }, at) => [id, suite.durations[at]!]));
    const split = splitByDuration(expected, total);
    const theirs = fullest(suite, total, (unit, at) => numberOf(unit, at) % total);
    return fullest(suite, total, ({ id }) => split.get(id)! - 1) / theirs;
  });
  return {
    name: `fullest of ${total} shards against ${other}, worst of ${suites.length} suites`,
    ...worst(ratios),
    goal: 1,
    unit: 'times theirs',
  };
}

function worst(values: readonly number[]): Pick<BenchRow, 'value' | 'range'> {
  const most = Math.max(...values);
  return { value: most, range: [Math.min(...values), most] };
}

/**
 * Expectations from noisy past runs, then a run that is as noisy. Shards show it, since nothing
 * evens them out any more; workers do that by themselves, each taking the next unit when it is free.
 */
function quantileRow(suites: readonly Suite[], q: number): BenchRow {
  const ratios = suites.flatMap((suite) => {
    const uniform = randomNumbers(1);
    const sigmas = suite.units.map(() => LEAST_SIGMA + (MOST_SIGMA - LEAST_SIGMA) * uniform());
    const attempt = (at: number): number => vary(suite.durations[at]!, sigmas[at]!, uniform);
    return Array.from({ length: TRIALS }, () => {
      const past: Durations = new Map(
        suite.units.map(({ id }, at) => [id, Array.from({ length: PAST_RUNS }, () => attempt(at))]),
      );
      const split = splitByDuration(expectDurations(suite.units, past, q), NOISY_SHARDS);
      const durations = suite.units.map((_, at) => attempt(at));
      const made = fullest({ ...suite, durations }, NOISY_SHARDS, ({ id }) => split.get(id)! - 1);
      return made / leastMakespan(durations, NOISY_SHARDS);
    });
  });
  return {
    name: `fullest of ${NOISY_SHARDS} shards where durations vary, expected at quantile ${q}`,
    value: ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length,
    goal: null,
    unit: 'of max(longest, sum / shards), mean',
  };
}

function plannedMakespan(suite: Suite, workers: number): number {
  return makePlan({
    units: suite.units,
    durations: new Map(suite.units.map(({ id }, at) => [id, [suite.durations[at]!]])),
    lastOutcomes: new Map(),
    seed: 1,
    order: 'duration',
    shard: null,
    workers,
  }).predictedMakespanMs;
}

function leastMakespan(durations: readonly number[], workers: number): number {
  const sum = durations.reduce((a, b) => a + b, 0);
  return Math.max(sum / workers, ...durations);
}

function fullest(suite: Suite, total: number, shardOf: (unit: Unit, at: number) => number): number {
  const loads = Array.from({ length: total }, () => 0);
  for (const [at, unit] of suite.units.entries()) {
    loads[shardOf(unit, at)]! += suite.durations[at]!;
  }
  return Math.max(...loads);
}

function hashOf(id: string): number {
  return createHash('sha1').update(id).digest().readUInt32BE(0);
}

const recordedSchema = v.object({ durationsMs: v.array(v.number()) });

function recordedSuites(): Suite[] {
  const dir = join(import.meta.dirname, 'recorded');
  return readdirSync(dir)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const text = readFileSync(join(dir, name), 'utf8');
      const { durationsMs } = v.parse(recordedSchema, JSON.parse(text));
      return suiteOf(`recorded, ${basename(name, '.json')}`, durationsMs);
    });
}

/** Suites as they are often found: most units short, a few long (seconds, then minutes). */
function syntheticSuites(): Suite[] {
  const random = normal(randomNumbers(2));
  const uniform = randomNumbers(3);
  return [
    suiteOf(
      'lognormal, sigma 1.2',
      draw(() => 800 * Math.exp(1.2 * random())),
    ),
    suiteOf(
      'Pareto, alpha 1.6',
      draw(() => 300 * (1 - uniform()) ** (-1 / 1.6)),
    ),
  ];
}

function draw(next: () => number): number[] {
  return Array.from({ length: SYNTHETIC_UNITS }, () => Math.max(1, Math.round(next())));
}

function suiteOf(name: string, durations: readonly number[]): Suite {
  const units = durations.map((_, at): Unit => {
    const path = `test/${String(at).padStart(5, '0')}.test.js`;
    const id = `unit:${path}`;
    return { id, suite: 'unit', framework: 'node-test', kind: 'file', path, file: path, data: {} };
  });
  return { name: `${name} (${units.length} units)`, units, durations };
}

/** Normally distributed numbers (Box and Muller) from uniform ones. */
function normal(uniform: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** One attempt's duration: lognormal noise around what the unit takes, at times much slower. */
function vary(ms: number, sigma: number, uniform: () => number): number {
  const slowed = uniform() < SLOWED_SHARE ? SLOWED_BY : 1;
  return ms * Math.exp(sigma * normal(uniform)()) * slowed;
}
