import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { UNIT_OUTCOMES, isGreen, type UnitOutcome } from '../../src/core/outcome.ts';
import { ORDERS, orderUnits, type PlannedUnit } from '../../src/plan/order.ts';
import { randomNumbers, shuffle } from '../../src/plan/random.ts';
import { anyUnits, unitAt } from './units.ts';

/** Few distinct durations, so that there are ties. */
const planned: fc.Arbitrary<PlannedUnit[]> = anyUnits({ min: 0, max: 20 }).chain((units) =>
  fc.tuple(...units.map((unit) => fc.record({ unit: fc.constant(unit), expectedMs: fc.nat(3) }))),
);
const withOutcomes = planned.chain((units) =>
  fc
    .array(fc.option(fc.constantFrom(...UNIT_OUTCOMES)), {
      minLength: units.length,
      maxLength: units.length,
    })
    .map((outcomes) => {
      const last = new Map<string, UnitOutcome>();
      outcomes.forEach((outcome, at) => {
        if (outcome !== null) last.set(units[at]!.unit.id, outcome);
      });
      return { units, last };
    }),
);
const ids = (units: readonly PlannedUnit[]): string[] => units.map(({ unit }) => unit.id);
const never: ReadonlyMap<string, UnitOutcome> = new Map();

describe('orderUnits', () => {
  test('loses and doubles nothing, and does not depend on how the units were listed', () => {
    fc.assert(
      fc.property(
        withOutcomes,
        fc.constantFrom(...ORDERS),
        fc.integer(),
        ({ units, last }, by, seed) => {
          const ordered = ids(orderUnits(units, by, seed, last));
          assert.deepEqual(ordered.toSorted(), ids(units).toSorted());
          assert.deepEqual(ids(orderUnits(units.toReversed(), by, seed, last)), ordered);
        },
      ),
    );
  });

  test('duration: never a shorter unit before a longer one', () => {
    fc.assert(
      fc.property(planned, fc.integer(), (units, seed) => {
        const found = orderUnits(units, 'duration', seed, never).map((each) => each.expectedMs);
        assert.deepEqual(
          found,
          found.toSorted((a, b) => b - a),
        );
      }),
    );
  });

  test('failed-first: no green unit before a failed one, within both the longest first', () => {
    fc.assert(
      fc.property(withOutcomes, fc.integer(), ({ units, last }, seed) => {
        const ordered = orderUnits(units, 'failed-first', seed, last);
        const failed = ordered.map(({ unit }) => !isGreen(last.get(unit.id) ?? 'passed'));
        const count = failed.filter(Boolean).length;
        assert.ok(failed.slice(0, count).every(Boolean));
        for (const group of [ordered.slice(0, count), ordered.slice(count)]) {
          const found = group.map((each) => each.expectedMs);
          assert.deepEqual(
            found,
            found.toSorted((a, b) => b - a),
          );
        }
      }),
    );
  });

  const equals = 'abcdefgh'.split('').map((name) => ({ unit: unitAt(name), expectedMs: 5 }));

  test('the seed decides among equals, and nothing else does', () => {
    const orders = new Set(
      Array.from({ length: 20 }, (_, seed) =>
        ids(orderUnits(equals, 'duration', seed, never)).join(),
      ),
    );
    assert.equal(orders.size, 20);
    assert.deepEqual(
      ids(orderUnits(equals, 'path', 7, never)),
      equals.map(({ unit }) => unit.id),
    );
  });

  test('a seed that was recorded gives the same order in every later version', () => {
    assert.equal(
      ids(orderUnits(equals, 'random', 42, never))
        .join(' ')
        .replaceAll('unit:', ''),
      'c h b a g f d e',
    );
  });
});

describe('the random numbers', () => {
  test('are those of mulberry32', () => {
    const next = randomNumbers(1);
    assert.deepEqual(
      [next(), next(), next()],
      [0.6270739405881613, 0.002735721180215478, 0.5274470399599522],
    );
  });

  test('shuffle every item to every place about equally often', () => {
    const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
    for (let seed = 0; seed < 4000; seed++) {
      shuffle([0, 1, 2, 3], seed).forEach((item, place) => counts[item]![place]!++);
    }
    // 1000 expected, standard deviation 27: six of them, and the seeds are fixed.
    for (const count of counts.flat()) assert.ok(Math.abs(count - 1000) < 164, String(counts));
  });
});
