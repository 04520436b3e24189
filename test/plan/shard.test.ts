import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { PindownError } from '../../src/core/errors.ts';
import { LeastLoaded, makespan } from '../../src/plan/least-loaded.ts';
import { MOST_SHARDS, parseShard, splitByDuration } from '../../src/plan/shard.ts';

describe('parseShard', () => {
  test('reads i/n', () => {
    assert.deepEqual(parseShard('1/1'), { index: 1, total: 1 });
    assert.deepEqual(parseShard('4/5'), { index: 4, total: 5 });
    assert.deepEqual(parseShard(`${MOST_SHARDS}/${MOST_SHARDS}`).total, MOST_SHARDS);
  });

  const refused: readonly (readonly [text: string, why: RegExp])[] = [
    ['5/4', /no shard 5 of 4/],
    ['0/2', /counted from 1/],
    ['1/0', /at least one shard/],
    ['a/b', /INDEX\/TOTAL/],
    ['1', /INDEX\/TOTAL/],
    ['1/2/3', /INDEX\/TOTAL/],
    ['-1/2', /INDEX\/TOTAL/],
    ['1.5/2', /INDEX\/TOTAL/],
    ['1e1/20', /INDEX\/TOTAL/],
    ['', /INDEX\/TOTAL/],
    ['1/10001', /at most 10000/],
    [`1/${'9'.repeat(400)}`, /at most 10000/],
    [`${'9'.repeat(400)}/3`, /no shard 9+ of 3/],
  ];
  for (const [text, why] of refused) {
    test(`refuses ${text.slice(0, 20)}`, () => {
      assert.throws(
        () => parseShard(text),
        (error) => {
          assert.ok(error instanceof PindownError);
          assert.equal(error.code, 'bad-shard');
          assert.equal(error.exitCode, 2);
          assert.match(error.message, why);
          return true;
        },
      );
    });
  }
});

const durations = fc
  .array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 60 })
  .map((all) => new Map(all.map((ms, at) => [`unit:${at}`, ms])));

function loadsOf(expected: ReadonlyMap<string, number>, total: number): number[] {
  const loads = Array.from({ length: total }, () => 0);
  for (const [id, shard] of splitByDuration(expected, total)) {
    loads[shard - 1]! += expected.get(id)!;
  }
  return loads;
}

describe('splitByDuration', () => {
  test('gives each unit to exactly one of the shards', () => {
    fc.assert(
      fc.property(durations, fc.integer({ min: 1, max: 80 }), (expected, total) => {
        const split = splitByDuration(expected, total);
        assert.deepEqual([...split.keys()].toSorted(), [...expected.keys()].toSorted());
        for (const shard of split.values()) {
          assert.ok(Number.isInteger(shard) && shard >= 1 && shard <= total);
        }
      }),
    );
  });

  test('does not depend on the order of the units', () => {
    fc.assert(
      fc.property(durations, fc.integer({ min: 1, max: 9 }), (expected, total) => {
        const split = splitByDuration(expected, total);
        const again = splitByDuration(new Map([...expected].toReversed()), total);
        for (const [id, shard] of split) assert.equal(again.get(id), shard);
      }),
    );
  });

  test('the fullest shard is within 4/3 - 1/(3n) of the best split there is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 4 }),
        (all, total) => {
          const expected = new Map(all.map((ms, at) => [`unit:${at}`, ms]));
          const fullest = Math.max(...loadsOf(expected, total));
          const best = bestSplit(all, total);
          assert.ok(fullest >= best, 'the oracle is no oracle');
          assert.ok(fullest <= best * (4 / 3 - 1 / (3 * total)) + 1e-9);
        },
      ),
    );
  });

  test('the fullest shard is within sum/n + (1 - 1/n) longest, for any number of units', () => {
    fc.assert(
      fc.property(durations, fc.integer({ min: 1, max: 80 }), (expected, total) => {
        const all = [...expected.values()];
        const sum = all.reduce((a, b) => a + b, 0);
        const bound = sum / total + (1 - 1 / total) * Math.max(...all);
        assert.ok(Math.max(...loadsOf(expected, total)) <= bound + 1e-9);
      }),
    );
  });

  test('leaves shards empty where there are more than units', () => {
    fc.assert(
      fc.property(durations, fc.nat(20), (expected, more) => {
        const loads = loadsOf(expected, expected.size + more);
        assert.equal(loads.filter((load) => load === 0).length, more);
      }),
    );
  });
});

/** The least possible load of the fullest bin, by trying every split. */
function bestSplit(all: readonly number[], bins: number): number {
  const loads = Array.from({ length: bins }, () => 0);
  const place = (at: number): number => {
    const duration = all[at];
    if (duration === undefined) return Math.max(...loads);
    let best = Infinity;
    for (let bin = 0; bin < bins; bin++) {
      loads[bin]! += duration;
      best = Math.min(best, place(at + 1));
      loads[bin]! -= duration;
      // Empty bins are alike: one of them is enough to try.
      if (loads[bin] === 0) break;
    }
    return best;
  };
  return place(0);
}

test('LeastLoaded finds the least loaded bin, the first among equals', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.nat(10), { maxLength: 60 }),
      (count, added) => {
        const bins = new LeastLoaded(count);
        const loads = Array.from({ length: count }, () => 0);
        for (const load of added) {
          const least = loads.indexOf(Math.min(...loads));
          assert.equal(bins.add(load), least);
          loads[least]! += load;
        }
        assert.equal(bins.greatest, Math.max(...loads));
      },
    ),
  );
});

test('makespan: each worker takes the next unit as soon as it is free', () => {
  assert.equal(makespan([5, 4, 3, 3, 3], 2), 10);
  assert.equal(makespan([], 3), 0);
  assert.equal(makespan([7, 1], 9), 7);
});
