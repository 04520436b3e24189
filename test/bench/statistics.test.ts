import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { spreadOf, spreadOfPairs } from '../../bench/statistics.ts';

const samples = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 20 });

test('as many samples lie below the median as above it, and all in the range', () => {
  fc.assert(
    fc.property(samples, (values) => {
      const { value, range } = spreadOf(values);
      const below = values.filter((each) => each < value).length;
      const above = values.filter((each) => each > value).length;
      assert.ok(Math.max(below, above) <= values.length / 2);
      assert.deepEqual(range, [Math.min(...values), Math.max(...values)]);
      if (values.length % 2 === 1) assert.ok(values.includes(value));
    }),
  );
});

test('an even number of samples has the mean of the middle two', () => {
  assert.equal(spreadOf([4, 1, 2, 3]).value, 2.5);
  assert.throws(() => spreadOf([]), /at least one sample/);
});

test('a figure is taken round by round, so that what slows down both sides goes out', () => {
  const theirs = [100, 900, 200, 400, 100];
  const ours = theirs.map((each) => each * 1.5);
  assert.deepEqual(
    spreadOfPairs(ours, theirs, (a, b) => a / b),
    { value: 1.5, range: [1.5, 1.5] },
  );
  assert.throws(() => spreadOfPairs([1, 2], [1], (a) => a), /as many samples/);
});
