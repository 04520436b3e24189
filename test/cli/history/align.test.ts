import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { align, type Cell } from '../../../src/cli/history/align.ts';
import { whenText } from '../../../src/cli/history/words.ts';
import { theme } from '../../../src/report/terminal/theme.ts';

const plain = theme({ colour: false, unicode: true });
const rows: readonly Cell[][] = [
  ['run', 'outcome', 'unit'],
  ['7', { text: 'passed', tone: 'good' }, 'a'],
  ['1234', { text: 'timed-out', tone: 'bad' }, '日本\u001b[31m.js\u0007'],
  ['8', '', ''],
];

test('aligns columns by what a terminal shows, numbers to the right', () => {
  assert.deepEqual(align(rows, [0], plain), [
    ' run  outcome    unit',
    '   7  passed     a',
    '1234  timed-out  日本.js\\u{7}',
    '   8',
  ]);
});

test('is aligned the same with colours', () => {
  const painted = align(rows, [0], theme({ colour: true, unicode: true }));
  assert.ok(painted[1]?.includes('\u001b[32mpassed\u001b[39m'));
  assert.deepEqual(
    painted.map((line) => stripVTControlCharacters(line).trimEnd()),
    align(rows, [0], plain),
  );
});

test('tells times in the time zone of who reads them', () => {
  assert.equal(whenText(new Date(2026, 0, 3, 9, 5, 59).toISOString()), '2026-01-03 09:05:59');
});
