import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowLine, table } from '../../bench/table.ts';

const ROW = {
  name: 'wall',
  value: 0.9504,
  range: [0.9, 12.34],
  goal: 0.95,
  unit: 'of `a | b`',
} as const;

test('a goal is judged by the figure itself, not by what is printed of it', () => {
  assert.match(rowLine(ROW), /^wall: 0\.95 of `a \| b` \(0\.9 to 12\.3\) goal 0\.95: \*\*no\*\*$/);
  assert.match(rowLine({ ...ROW, value: 0.95 }), /goal 0\.95: yes$/);
  assert.doesNotMatch(rowLine({ ...ROW, goal: null }), /goal/);
});

test('every line of the table has as many cells, whatever stands in them', () => {
  const { range: _, ...informing } = { ...ROW, goal: null };
  const lines = table([ROW, informing]).split('\n');
  assert.equal(lines.length, 4);
  for (const line of lines) assert.equal(line.split(/(?<!\\)\|/).length, 7, line);
});
