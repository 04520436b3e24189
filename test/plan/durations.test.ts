import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import {
  chooseDurations,
  DEFAULT_EXPECTED_MS,
  expectDurations,
  quantile,
} from '../../src/plan/durations.ts';
import { anyPlanInput, unitAt } from './units.ts';

const values = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), {
  minLength: 1,
  maxLength: 30,
});
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('quantile', () => {
  test('by nearest rank', () => {
    assert.equal(quantile([5], 0.75), 5);
    assert.equal(quantile([1, 9], 0.75), 9);
    assert.equal(quantile([4, 1, 3, 2], 0.75), 3);
    assert.equal(quantile([4, 1, 3, 2], 0), 1);
    assert.equal(quantile([4, 1, 3, 2], 1), 4);
    assert.throws(() => quantile([], 0.5), RangeError);
  });

  test('is the smallest value that the share of all values does not exceed', () => {
    fc.assert(
      fc.property(values, share, (all, q) => {
        const found = quantile(all, q);
        const notOver = (limit: number) => all.filter((value) => value <= limit).length;
        assert.ok(all.includes(found));
        assert.ok(notOver(found) >= q * all.length);
        const smaller = all.filter((value) => value < found);
        if (smaller.length > 0) assert.ok(notOver(Math.max(...smaller)) < q * all.length);
      }),
    );
  });

  test('grows with the share and does not depend on the order', () => {
    fc.assert(
      fc.property(values, share, share, (all, p, q) => {
        assert.ok(quantile(all, Math.min(p, q)) <= quantile(all, Math.max(p, q)));
        assert.equal(quantile(all.toReversed(), q), quantile(all, q));
      }),
    );
  });
});

/** What is expected of the units at these paths, all of one suite, in order. */
function expect(
  paths: readonly string[],
  past: Readonly<Record<string, number[]>>,
): (number | undefined)[] {
  const units = paths.map((path) => unitAt(path));
  const durations = new Map(Object.entries(past).map(([path, ms]) => [`unit:${path}`, ms]));
  const expected = expectDurations(units, durations);
  return paths.map((path) => expected.get(`unit:${path}`));
}

describe('expectDurations', () => {
  test('one slow attempt in many does not count, a slow half does', () => {
    assert.deepEqual(expect(['a'], { a: [10, 11, 12, 13, 500] }), [12]);
    assert.deepEqual(expect(['a'], { a: [10, 500, 12, 490] }), [490]);
  });

  test('whole milliseconds, at least one; no nonsense', () => {
    assert.deepEqual(expect(['a', 'b'], { a: [0.2], b: [7.6] }), [1, 8]);
    for (const nonsense of [Number.NaN, -5, Infinity]) {
      assert.deepEqual(expect(['a'], { a: [nonsense, nonsense, 7] }), [7]);
    }
    assert.deepEqual(expect(['a'], { a: [] }), [DEFAULT_EXPECTED_MS]);
  });

  test('only the newest twenty', () => {
    const old = Array.from({ length: 100 }, () => 9000);
    assert.deepEqual(expect(['a'], { a: [...Array.from({ length: 20 }, () => 5), ...old] }), [5]);
  });

  test('an unknown unit is like its directory, else like its suite, else the default', () => {
    const past = { 'd/a': [100], 'd/b': [300], 'd/c': [200], 'e/x': [9000], 'e/y': [8000] };
    const paths = ['d/new', ...Object.keys(past), 'f/new'];
    const expected = expect(paths, past);
    assert.equal(expected[0], 200, 'the median of d/');
    assert.equal(expected.at(-1), 300, 'the median of the suite');
    assert.deepEqual(expect(['new'], {}), [DEFAULT_EXPECTED_MS]);
  });

  test('siblings are of one suite', () => {
    const units = [unitAt('d/a', 'one'), unitAt('d/b', 'two')];
    const expected = expectDurations(units, new Map([['one:d/a', [70]]]));
    assert.equal(expected.get('two:d/b'), DEFAULT_EXPECTED_MS);
  });

  test('every unit has a whole expectation, in whatever order they are listed', () => {
    fc.assert(
      fc.property(anyPlanInput({ min: 0, max: 25 }), ({ units, shuffled, durations }) => {
        const expected = expectDurations(units, durations);
        assert.equal(expected.size, units.length);
        for (const ms of expected.values()) assert.ok(Number.isSafeInteger(ms) && ms >= 1);
        const again = expectDurations(shuffled, durations);
        for (const [id, ms] of expected) assert.equal(again.get(id), ms);
      }),
    );
  });
});

test('chooseDurations: what was measured here, unless shards must agree', () => {
  const recorded = new Map([['a', [1]]]);
  const imported = new Map([
    ['a', [2]],
    ['b', [3]],
  ]);
  assert.deepEqual(
    [...chooseDurations(recorded, imported, false)],
    [
      ['a', [1]],
      ['b', [3]],
    ],
  );
  assert.equal(chooseDurations(recorded, imported, true), imported);
  assert.equal(chooseDurations(recorded, new Map(), true).size, 0);
});
