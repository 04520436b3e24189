import type { ConformanceCase } from '../conformance.ts';
import { jsCase } from './js-case.ts';

/** Vitest, as this repository has it installed. */
export const vitestCase: ConformanceCase = jsCase({
  framework: 'vitest',
  project: { 'package.json': '{"type": "module", "scripts": {"test": "vitest run"}}' },
  extension: '.test.ts',
  head: "import { describe, expect, test } from 'vitest';\n",
  test: 'test',
  passing: [
    ' ✓ test/noise.test.ts (1 test) 2ms',
    ' Test Files  1 passed (1)',
    '      Tests  1 passed (1)',
  ],
  settle: 'await new Promise((resolve) => setTimeout(resolve, 500));',
  // process.exit is Vitest's own there, and throws.
  exit: 'process.reallyExit(0);',
  sources: {
    pass: `
test.for([1, 2])('family of %i', (n: number) => expect(n).toBeGreaterThan(0));
describe('outer', () => {
  describe('inner', () => { test('nested', () => {}); });
});
`,
    skip: `
test.skip('marked', () => { throw new Error('ran'); });
test.todo('unwritten');
describe.skip('suite', () => { test('inside', () => {}); });
`,
    ownRetry: `
let tries = 0;
test('on its second try', { retry: 2 }, () => { if (++tries < 2) throw new Error('first-try'); });
test('at once', { retry: 2 }, () => {});
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
    // Vitest's own process survives its workers, names what died, and ends with status 1.
    crash: 'errored',
    exitZero: 'errored',
    // "No test suite found in file" fails a run of Vitest's.
    noTests: 'errored',
  },
});
