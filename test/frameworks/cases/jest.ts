import type { ConformanceCase } from '../conformance.ts';
import { jsCase } from './js-case.ts';

/** Jest, as this repository has it installed. */
export const jestCase: ConformanceCase = jsCase({
  framework: 'jest',
  project: {
    'package.json': '{"scripts": {"test": "jest"}}',
    // The default looks for Babel's presets in the project.
    'jest.config.js': 'module.exports = { transform: {} };\n',
  },
  extension: '.test.js',
  head: '',
  test: 'test',
  passing: [
    'PASS test/noise.test.js',
    '  ✓ fake (1 ms)',
    'Test Suites: 1 passed, 1 total',
    'Tests:       1 passed, 1 total',
  ],
  sources: {
    pass: `
test.each([1, 2])('family of %i', (n) => expect(n).toBeGreaterThan(0));
describe('outer', () => {
  describe('inner', () => {
    test('nested', () => {});
  });
});
`,
    skip: `
test.skip('marked', () => { throw new Error('ran'); });
test.todo('unwritten');
describe.skip('suite', () => { test('inside', () => {}); });
`,
    ownRetry: `
jest.retryTimes(2);
let tries = 0;
test('on its second try', () => { if (++tries < 2) throw new Error('first-try'); });
test('at once', () => {});
`,
  },
  expected: {
    skip: [
      ['marked', 'skipped'],
      ['unwritten', 'skipped'],
      ['suite > inside', 'skipped'],
    ],
  },
  outcomes: {
    // "Your test suite must contain at least one test." fails a run of Jest's.
    noTests: 'errored',
  },
});
