import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { PindownError } from '../../src/core/errors.ts';
import type { Shard } from '../../src/core/run.ts';
import type { Unit } from '../../src/core/unit.ts';
import { makePlan, type Plan } from '../../src/plan/plan.ts';
import { anyPlanInput, unitAt } from './units.ts';

function plan(
  units: readonly Unit[],
  durations: ReadonlyMap<string, number[]>,
  shard: Shard | null,
  seed = 1,
): Plan {
  return makePlan({
    units,
    durations,
    lastOutcomes: new Map(),
    seed,
    order: 'duration',
    shard,
    workers: 2,
  });
}

const hash = (...input: Parameters<typeof plan>): string => plan(...input).planHash;
const ids = (planned: Plan['mine']): string[] => planned.map(({ unit }) => unit.id);

describe('makePlan', () => {
  test('the shards cover the plan exactly once and agree on its hash', () => {
    fc.assert(
      fc.property(
        anyPlanInput({ min: 0, max: 20 }),
        fc.integer({ min: 1, max: 30 }),
        ({ units, shuffled, durations }, total) => {
          const parts = Array.from({ length: total }, (_, at) =>
            // Each machine lists in its own order and draws its own seed.
            plan(at % 2 === 0 ? units : shuffled, durations, { index: at + 1, total }, at),
          );
          assert.equal(new Set(parts.map((part) => part.planHash)).size, 1);
          assert.deepEqual(
            parts.flatMap((part) => ids(part.mine)).toSorted(),
            units.map(({ id }) => id).toSorted(),
          );
          for (const [at, part] of parts.entries()) {
            assert.deepEqual(part.entries, parts[0]!.entries);
            assert.deepEqual(
              part.entries.filter(({ shard }) => shard === at + 1).map(({ id }) => id),
              ids(part.mine).toSorted(),
            );
          }
        },
      ),
    );
  });

  test('without a shard all is mine, in order', () => {
    fc.assert(
      fc.property(anyPlanInput({ min: 0, max: 20 }), ({ units, durations }) => {
        const whole = plan(units, durations, null);
        assert.deepEqual(whole.mine, whole.all);
        assert.equal(whole.all.length, units.length);
        assert.ok(whole.entries.every(({ shard }) => shard === 1));
      }),
    );
  });

  test('a shard keeps the order of the whole', () => {
    fc.assert(
      fc.property(anyPlanInput({ min: 0, max: 20 }), ({ units, durations }) => {
        const { all, mine } = plan(units, durations, { index: 1, total: 2 });
        assert.deepEqual(
          mine,
          all.filter((each) => mine.includes(each)),
        );
      }),
    );
  });

  test('the hash tells apart whatever shards must agree on', () => {
    const [a, b] = [unitAt('a'), unitAt('b')];
    const past = new Map([['unit:a', [5]]]);
    const base = hash([a, b], past, { index: 1, total: 2 });
    assert.match(base, /^[0-9a-f]{64}$/);
    assert.equal(hash([b, a], past, { index: 2, total: 2 }, 99), base);
    assert.notEqual(hash([a], past, { index: 1, total: 2 }), base, 'a unit less');
    assert.notEqual(hash([a, unitAt('c')], past, { index: 1, total: 2 }), base, 'another unit');
    assert.notEqual(
      hash([a, unitAt('b', 'unit', { framework: 'mocha' })], past, { index: 1, total: 2 }),
      base,
      'another framework',
    );
    assert.notEqual(
      hash([a, b], new Map([['unit:a', [6]]]), { index: 1, total: 2 }),
      base,
      'another duration',
    );
    assert.notEqual(hash([a, b], past, { index: 1, total: 3 }), base, 'another total');
    assert.notEqual(hash([a, b], past, null), base, 'no shards');
  });

  test('predicts the makespan of this shard on its workers', () => {
    const units = ['a', 'b', 'c', 'd'].map((path) => unitAt(path));
    const past = new Map([
      ['unit:a', [50]],
      ['unit:b', [40]],
      ['unit:c', [30]],
      ['unit:d', [20]],
    ]);
    assert.equal(plan(units, past, null).predictedMakespanMs, 70);
    assert.equal(plan(units, past, { index: 1, total: 2 }).predictedMakespanMs, 50);
    assert.equal(plan(units, past, { index: 5, total: 5 }).predictedMakespanMs, 0);
  });

  test('two units with one id are an error that names them', () => {
    const units = Array.from({ length: 25 }, (_, at) => unitAt(`f${at}`));
    assert.throws(
      () => plan([...units, ...units, unitAt('other')], new Map(), null),
      (error) => {
        assert.ok(error instanceof PindownError);
        assert.equal(error.code, 'duplicate-units');
        assert.equal(error.exitCode, 2);
        assert.match(error.message, /unit:f0, unit:f1, .*unit:f19 and 5 more/);
        assert.doesNotMatch(error.message, /other/);
        return true;
      },
    );
  });
});
