import { type ConformanceCase, linkNodeModules, writeFiles } from '../conformance.ts';
import { NOISE } from './noise.ts';

const LINES = [
  'PASS test/noise.test.js',
  '  ✓ fake (1 ms)',
  'Test Suites: 1 passed, 1 total',
  'Tests:       1 passed, 1 total',
  ...NOISE,
];

const FILES: Readonly<Record<string, string>> = {
  'package.json': '{"scripts": {"test": "jest"}}',

  // The default looks for Babel's presets in the project.
  'jest.config.js': 'module.exports = { transform: {} };\n',

  'test/pass.test.js': `
test.each([1, 2])('family of %i', (n) => expect(n).toBeGreaterThan(0));
describe('outer', () => {
  describe('inner', () => {
    test('nested', () => {});
  });
});
`,

  'test/fail.test.js': `
test('passes', () => {});
test('fails', () => { throw new Error('expected-failure-message'); });
`,

  'test/skip.test.js': `
test.skip('marked', () => { throw new Error('ran'); });
test.todo('unwritten');
describe.skip('suite', () => { test('inside', () => {}); });
`,

  'test/load-error.test.js': `
test('never', () => {});
throw new Error('broken while loading');
`,

  'test/nothing.test.js': 'module.exports = {};\n',

  'test/crash.test.js': `
test('before', () => {});
test('killed', async () => {
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
});
test('after', () => {});
`,

  'test/noise.test.js': `
const { writeSync } = require('node:fs');
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
describe('größer', () => {
  test('数 🚀', () => {});
});
`,

  'test/twice.test.js': `
test('same', () => {});
test('same', () => { throw new Error('the second of its name'); });
`,

  'test/exit-zero.test.js': `
test('before', () => {});
test('exits', () => process.exit(0));
`,

  'test/own-retry.test.js': `
jest.retryTimes(2);
let tries = 0;
test('on its second try', () => { if (++tries < 2) throw new Error('first-try'); });
test('at once', () => {});
`,
};

/** Jest, as this repository has it installed. */
export const jestCase: ConformanceCase = {
  framework: 'jest',
  unavailable: async () => await Promise.resolve(null),
  write: async (dir) => {
    await writeFiles(dir, FILES);
    await linkNodeModules(dir);
  },
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
    ownRetry: 'test/own-retry.test.js',
  },
  expected: {
    pass: [
      ['family of 1', 'passed'],
      ['family of 2', 'passed'],
      ['outer > inner > nested', 'passed'],
    ],
    fail: [
      ['passes', 'passed'],
      ['fails', 'failed'],
    ],
    skip: [
      ['marked', 'skipped'],
      ['unwritten', 'skipped'],
      ['suite > inside', 'skipped'],
    ],
    crash: [['before', 'passed']],
    noise: [['noisy', 'failed']],
    nonAscii: [['größer > 数 🚀', 'passed']],
    twice: [
      ['same', 'passed'],
      ['same', 'failed'],
    ],
    exitZero: [['before', 'passed']],
    ownRetry: [
      ['on its second try', 'passed'],
      ['at once', 'passed'],
    ],
  },
  outcomes: {
    // "Your test suite must contain at least one test." fails a run of Jest's.
    noTests: 'errored',
  },
};
