import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSection } from '../../bench/readme.ts';
import type { BenchResult } from '../../bench/row.ts';

const EMPTY =
  'Before\n<!-- bench a -->\n<!-- /bench a -->\n<!-- bench b -->\n<!-- /bench b -->\nAfter\n';
const BENCH = { name: 'a', title: 'The title' };
const MEASURED: BenchResult = {
  kind: 'measured',
  how: 'So and so.',
  rows: [{ name: 'wall', value: 1, goal: null, unit: 'ms' }],
};
const SKIPPED: BenchResult = { kind: 'skipped', because: 'X is not set' };

test('a section is written between its comments, and written over the next time', () => {
  const once = withSection(EMPTY, BENCH, MEASURED, 'then');
  const twice = withSection(once, BENCH, MEASURED, 'now');
  assert.match(once, /<!-- bench a -->\n## The title \(`a`\)\n\nthen\. So and so\.\n\n\| figure/);
  assert.equal(twice, once.replace('then.', 'now.'));
  assert.ok(twice.startsWith('Before\n'));
  assert.ok(twice.endsWith('<!-- /bench a -->\n<!-- bench b -->\n<!-- /bench b -->\nAfter\n'));
});

test('what could not be measured says so, but keeps what was measured before', () => {
  const skipped = withSection(EMPTY, BENCH, SKIPPED, 'now');
  assert.match(skipped, /## The title \(`a`\)\n\nNot measured: X is not set\.\n/);
  const measured = withSection(skipped, BENCH, MEASURED, 'then');
  assert.doesNotMatch(measured, /Not measured/);
  assert.equal(withSection(measured, BENCH, SKIPPED, 'now'), measured);
});

test('a section that has no place is an error', () => {
  assert.throws(
    () => withSection(EMPTY, { ...BENCH, name: 'c' }, MEASURED, 'now'),
    /no section for c/,
  );
});
