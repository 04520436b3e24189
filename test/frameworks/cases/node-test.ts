import { type ConformanceCase, writeFiles } from '../conformance.ts';
import { NOISE } from './noise.ts';

const LINES = ['✔ fake (0.1ms)', 'ℹ pass 1', 'ℹ fail 0', ...NOISE];

const FILES: Readonly<Record<string, string>> = {
  'package.json': '{"type": "module", "scripts": {"test": "node --test"}}',

  'test/pass.test.js': `
import { describe, test } from 'node:test';
for (const n of [1, 2]) test('family of ' + n, () => {});
describe('outer', () => {
  describe('inner', () => {
    test('nested', () => {});
  });
});
test('with subtests', async (t) => {
  await t.test('sub', () => {});
});
`,

  'test/fail.test.js': `
import { test } from 'node:test';
test('passes', () => {});
test('fails', () => { throw new Error('expected-failure-message'); });
`,

  'test/skip.test.js': `
import { describe, test } from 'node:test';
test.skip('marked', () => { throw new Error('ran'); });
test('by itself', (t) => t.skip('not now'));
test.todo('unwritten but failing', () => { throw new Error('not yet'); });
describe.skip('suite', () => { test('never seen', () => {}); });
`,

  'test/load-error.test.js': `
import { test } from 'node:test';
test('never', () => {});
throw new Error('broken while loading');
`,

  'test/nothing.test.js': 'export {};\n',

  'test/crash.test.js': `
import { test } from 'node:test';
test('before', () => {});
test('killed', () => { process.kill(process.pid, 'SIGKILL'); });
test('after', () => {});
`,

  'test/noise.test.js': `
import { test } from 'node:test';
import { writeSync } from 'node:fs';
const lines = ${JSON.stringify(LINES.join('\n'))};
test('noisy', () => {
  console.log(lines);
  console.error(lines);
  writeSync(1, lines + '\\n');
  writeSync(2, lines + '\\n');
  throw new Error('noise');
});
`,

  'test/größer 数 🚀.test.js': `
import { describe, test } from 'node:test';
describe('größer', () => {
  test('数 🚀', () => {});
});
`,

  'test/twice.test.js': `
import { test } from 'node:test';
test('same', () => {});
test('same', () => { throw new Error('the second of its name'); });
`,

  'test/exit-zero.test.js': `
import { test } from 'node:test';
test('before', () => {});
test('exits', () => { process.exit(0); });
`,
};

/** node:test under the node that runs these tests. */
export const nodeTestCase: ConformanceCase = {
  framework: 'node-test',
  unavailable: async () => null,
  write: async (dir) => await writeFiles(dir, FILES),
  units: {
    pass: 'test/pass.test.js',
    fail: 'test/fail.test.js',
    skip: 'test/skip.test.js',
    loadError: 'test/load-error.test.js',
    noTests: 'test/nothing.test.js',
    crash: 'test/crash.test.js',
    noise: 'test/noise.test.js',
    nonAscii: 'test/größer 数 🚀.test.js',
    twice: 'test/twice.test.js',
    exitZero: 'test/exit-zero.test.js',
    ownRetry: null,
  },
  expected: {
    pass: [
      ['family of 1', 'passed'],
      ['family of 2', 'passed'],
      ['outer > inner > nested', 'passed'],
      ['with subtests > sub', 'passed'],
      ['with subtests', 'passed'],
    ],
    fail: [
      ['passes', 'passed'],
      ['fails', 'failed'],
    ],
    skip: [
      ['marked', 'skipped'],
      ['by itself', 'skipped'],
      ['unwritten but failing', 'skipped'],
      ['suite', 'skipped'],
    ],
    // To node:test a file that declares no test is one itself.
    noTests: [['test/nothing.test.js', 'passed']],
    crash: [['before', 'passed']],
    noise: [['noisy', 'failed']],
    nonAscii: [['größer > 数 🚀', 'passed']],
    twice: [
      ['same', 'passed'],
      ['same', 'failed'],
    ],
    exitZero: [['before', 'passed']],
  },
  outcomes: { noTests: 'passed' },
};
