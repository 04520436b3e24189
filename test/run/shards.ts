import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { type Attempt, type UnitResult, unitResult } from '../../src/core/attempt.ts';
import type { RunEvent } from '../../src/core/event.ts';
import { exitStatus } from '../../src/core/exit-status.ts';
import { ATTEMPT_OUTCOMES, TEST_OUTCOMES } from '../../src/core/outcome.ts';
import { countUnit, emptyTotals, type RunInfo, type Shard } from '../../src/core/run.ts';
import type { Unit } from '../../src/core/unit.ts';
import type { Durations } from '../../src/plan/durations.ts';
import { makePlan, type Plan } from '../../src/plan/plan.ts';
import { blobSink } from '../../src/report/blob.ts';
import { BLOB_NAME } from '../../src/report/blob/format.ts';

/** What units come to, by id; the same on whatever shard they run. */
export type Results = ReadonlyMap<string, UnitResult>;

/** One attempt of a unit, all of it made from what is given. */
export function attemptOf(
  unit: Unit,
  number: number,
  outcome: Attempt['outcome'],
  tests: Attempt['tests'],
): Attempt {
  return {
    id: `${unit.id}#${number}`,
    unitId: unit.id,
    number,
    outcome,
    exitCode: outcome === 'passed' ? 0 : 1,
    signal: null,
    startedAt: '2026-01-02T03:04:05.678Z',
    durationMs: 12.5,
    reason: `it ${outcome}`,
    tests,
    errors: [],
    retry: null,
    leaks: [],
    verdict: null,
    evidence: [`attempts/${number}/stdout.log`],
    slot: 0,
    batchSize: 1,
  };
}

const anyTests = fc.array(
  fc.record(
    {
      name: fc.string({ unit: 'binary', maxLength: 12 }),
      occurrence: fc.constant(1),
      outcome: fc.constantFrom(...TEST_OUTCOMES),
      durationMs: fc.option(fc.nat(1000)),
      message: fc.option(fc.string({ unit: 'binary', maxLength: 20 })),
      location: fc.constant(null),
    },
    { noNullPrototype: true },
  ),
  { maxLength: 3 },
);

/** Results of any kind for the units. */
export function anyResults(units: readonly Unit[]): fc.Arbitrary<Results> {
  const attempts = fc.array(
    fc.record({ outcome: fc.constantFrom(...ATTEMPT_OUTCOMES), tests: anyTests }),
    { minLength: 1, maxLength: 2 },
  );
  return fc.array(attempts, { minLength: units.length, maxLength: units.length }).map(
    (all) =>
      new Map(
        units.map((unit, at) => {
          const made = all[at]!.map(({ outcome, tests }, index) =>
            attemptOf(unit, index + 1, outcome, tests),
          );
          return [unit.id, unitResult(unit, made)];
        }),
      ),
  );
}

/** The results where every unit passed one test. */
export function allPass(units: readonly Unit[]): Results {
  return new Map(
    units.map((unit) => {
      const tests = [
        {
          name: 'works',
          occurrence: 1,
          outcome: 'passed' as const,
          durationMs: 1,
          message: null,
          location: null,
        },
      ];
      return [unit.id, unitResult(unit, [attemptOf(unit, 1, 'passed', tests)])];
    }),
  );
}

export function runInfo(plan: Plan, shard: Shard | null): RunInfo {
  return {
    id: `01890000-0000-7000-8000-00000000000${shard?.index ?? 0}`,
    number: shard?.index ?? 1,
    startedAt: '2026-01-02T03:04:05.000Z',
    workers: 2,
    tier: 'group',
    shard,
    seed: 7,
    host: {
      name: 'machine',
      platform: 'linux',
      arch: 'x64',
      node: 'v26.0.0',
      processors: 2,
      memoryBytes: 1,
    },
    planHash: plan.planHash,
    suites: [
      { name: 'unit', framework: 'node-test', version: null, root: '.', because: 'a test says so' },
    ],
    root: '/home/p',
    owner: { pid: 1, startTime: null, bootId: null },
    version: '0.0.0',
  };
}

export function planFor(units: readonly Unit[], durations: Durations, shard: Shard | null): Plan {
  return makePlan({
    units,
    durations,
    shard,
    lastOutcomes: new Map(),
    seed: shard?.index ?? 0,
    order: 'duration',
    workers: 2,
  });
}

/** The events of a run that comes to the results given. */
export function* eventsOf(plan: Plan, shard: Shard | null, results: Results): Generator<RunEvent> {
  const at = 1_767_323_045_000;
  yield { type: 'run-started', at, run: runInfo(plan, shard), planned: plan.mine.length };
  for (const { unit, expectedMs } of plan.mine)
    yield { type: 'unit-planned', at, unit, expectedMs };
  const totals = emptyTotals();
  for (const planned of plan.mine) {
    const unit = results.get(planned.unit.id)!;
    countUnit(totals, unit);
    for (const attempt of unit.attempts) yield { type: 'attempt-finished', at: at + 5, attempt };
    yield { type: 'unit-finished', at: at + 6, unit };
  }
  const options = { failOnFlaky: false, interrupt: null, tooManyFlaky: false };
  yield {
    type: 'run-finished',
    at: at + 100,
    totals,
    durationMs: 100,
    stopped: null,
    exitCode: exitStatus(totals, options),
  };
}

/** Writes a run's blob into a new directory; returns the directory. */
export function writeBlob(dir: string, plan: Plan, events: Iterable<RunEvent>): string {
  mkdirSync(dir, { recursive: true });
  const sink = blobSink({ file: join(dir, BLOB_NAME), entries: plan.entries });
  for (const event of events) sink.handle(event);
  void sink.close();
  return dir;
}

/** Runs every shard of a plan and writes its blob; returns the shards' directories, in order. */
export function writeShards(
  dir: string,
  units: readonly Unit[],
  options: { readonly total: number; readonly durations: Durations; readonly results: Results },
): string[] {
  return Array.from({ length: options.total }, (_, at) => {
    const shard = { index: at + 1, total: options.total };
    const plan = planFor(units, options.durations, shard);
    const events = eventsOf(plan, shard, options.results);
    return writeBlob(join(dir, `shard-${at + 1}`), plan, events);
  });
}
