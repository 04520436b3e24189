import { type ConformanceCase, linkNodeModules, writeFiles } from '../conformance.ts';
import { NOISE } from './noise.ts';

const LINES = [
  ' ✓ test/noise.test.ts (1 test) 2ms',
  ' Test Files  1 passed (1)',
  '      Tests  1 passed (1)',
  ...NOISE,
];

/** As long as it takes until what the file has reported has surely left its worker. */
const REPORTED = 'await new Promise((resolve) => setTimeout(resolve, 500));';

const FILES: Readonly<Record<string, string>> = {
  'package.json': '{"type": "module", "scripts": {"test": "vitest run"}}',

  'test/pass.test.ts': `
import { describe, expect, test } from 'vitest';
test.each([1, 2])('family of %i', (n: number) => expect(n).toBeGreaterThan(0));
describe('outer', () => {
  describe('inner', () => {
    test('nested', () => {});
  });
});
`,

  'test/fail.test.ts': `
import { test } from 'vitest';
test('passes', () => {});
test('fails', () => { throw new Error('expected-failure-message'); });
`,

  'test/skip.test.ts': `
import { describe, test } from 'vitest';
test.skip('marked', () => { throw new Error('ran'); });
test.todo('unwritten');
describe.skip('suite', () => { test('inside', () => {}); });
`,

  'test/load-error.test.ts': `
import { test } from 'vitest';
test('never', () => {});
throw new Error('broken while loading');
`,

  'test/nothing.test.ts': 'export {};\n',

  'test/crash.test.ts': `
import { test } from 'vitest';
test('before', () => {});
test('killed', async () => {
  ${REPORTED}
  process.kill(process.pid, 'SIGKILL');
});
test('after', () => {});
`,

  'test/noise.test.ts': `
import { test } from 'vitest';
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

  'test/größer 数 🚀.test.ts': `
import { describe, test } from 'vitest';
describe('größer', () => {
  test('数 🚀', () => {});
});
`,

  'test/twice.test.ts': `
import { test } from 'vitest';
test('same', () => {});
test('same', () => { throw new Error('the second of its name'); });
`,

  'test/exit-zero.test.ts': `
import { test } from 'vitest';
test('before', () => {});
test('exits', async () => {
  ${REPORTED}
  // process.exit is Vitest's own there, and throws.
  process.reallyExit(0);
});
`,

  'test/own-retry.test.ts': `
import { test } from 'vitest';
let tries = 0;
test('on its second try', { retry: 2 }, () => { if (++tries < 2) throw new Error('first-try'); });
test('at once', { retry: 2 }, () => {});
`,
};

/** Vitest, as this repository has it installed. */
export const vitestCase: ConformanceCase = {
  framework: 'vitest',
  unavailable: async () => await Promise.resolve(null),
  write: async (dir) => {
    await writeFiles(dir, FILES);
    await linkNodeModules(dir);
  },
  units: {
    pass: 'test/pass.test.ts',
    fail: 'test/fail.test.ts',
    skip: 'test/skip.test.ts',
    loadError: 'test/load-error.test.ts',
    noTests: 'test/nothing.test.ts',
    crash: 'test/crash.test.ts',
    noise: 'test/noise.test.ts',
    nonAscii: 'test/größer 数 🚀.test.ts',
    twice: 'test/twice.test.ts',
    exitZero: 'test/exit-zero.test.ts',
    ownRetry: 'test/own-retry.test.ts',
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
    // Vitest's own process survives its workers, names what died, and ends with status 1.
    crash: 'errored',
    exitZero: 'errored',
    // "No test suite found in file" fails a run of Vitest's.
    noTests: 'errored',
  },
};
