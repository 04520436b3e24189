import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlanEntry } from '../../src/core/plan-entry.ts';
import { planHash } from '../../src/plan/plan-hash.ts';

const entries: readonly PlanEntry[] = [
  { id: 'unit:b', framework: 'node-test', expectedMs: 5, shard: 1 },
  { id: 'unit:a', framework: 'mocha', expectedMs: 6, shard: 2 },
];

test('the hash does not depend on the order, but on everything else, the split included', () => {
  const hash = planHash(entries, 2);
  assert.equal(planHash(entries.toReversed(), 2), hash);
  assert.notEqual(planHash(entries, 3), hash);
  const [first, second] = entries;
  for (const change of [
    { id: 'unit:c' },
    { framework: 'jest' },
    { expectedMs: 4 },
    { shard: 2 },
  ] as const) {
    assert.notEqual(planHash([{ ...first!, ...change }, second!], 2), hash);
  }
});

test('the hash of a plan is the same in every later version', () => {
  assert.equal(
    planHash(entries, 2),
    '31ee86d9971e5ac1213e73c005b91222019707bee00d835dd628372574e875c5',
  );
});
