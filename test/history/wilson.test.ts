import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { wilsonInterval } from '../../src/history/wilson.ts';

const proportion = fc
  .integer({ min: 1, max: 100_000 })
  .chain((trials) => fc.tuple(fc.integer({ min: 0, max: trials }), fc.constant(trials)));

function close(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-9, `expected ${expected}, got ${actual}`);
}

test('agrees with published figures', () => {
  // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine
  // 17 (1998), table I, method 3.
  const table: readonly [number, number, number, number][] = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ];
  for (const [successes, trials, low, high] of table) {
    const interval = wilsonInterval(successes, trials);
    assert.equal(interval.low.toFixed(4), low.toFixed(4));
    assert.equal(interval.high.toFixed(4), high.toFixed(4));
  }
});

test('knows nothing without a trial', () => {
  assert.deepEqual(wilsonInterval(0, 0), { low: 0, high: 1 });
});

test('has the rate in it, and stays within 0 to 1', () => {
  fc.assert(
    fc.property(proportion, ([successes, trials]) => {
      const { low, high } = wilsonInterval(successes, trials);
      assert.ok(0 <= low && low <= successes / trials && successes / trials <= high && high <= 1);
    }),
  );
});

test('ends where the score test turns: the definition', () => {
  fc.assert(
    fc.property(proportion, ([successes, trials]) => {
      const { low, high } = wilsonInterval(successes, trials);
      for (const end of [low, high]) {
        if (end === 0 || end === 1) continue;
        const z = Math.abs(successes / trials - end) / Math.sqrt((end * (1 - end)) / trials);
        assert.ok(Math.abs(z - 1.959963984540054) < 1e-6, `z = ${z}`);
      }
    }),
  );
});

test('is the mirror image for the failures', () => {
  fc.assert(
    fc.property(proportion, ([successes, trials]) => {
      const one = wilsonInterval(successes, trials);
      const other = wilsonInterval(trials - successes, trials);
      close(one.low, 1 - other.high);
      close(one.high, 1 - other.low);
    }),
  );
});

test('narrows with more trials of the same rate', () => {
  fc.assert(
    fc.property(proportion, fc.integer({ min: 2, max: 50 }), ([successes, trials], times) => {
      const few = wilsonInterval(successes, trials);
      const many = wilsonInterval(successes * times, trials * times);
      assert.ok(many.high - many.low < few.high - few.low);
    }),
  );
});
