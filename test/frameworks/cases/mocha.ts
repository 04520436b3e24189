import { type ConformanceCase, linkNodeModules, writeFiles } from '../conformance.ts';
import { NOISE } from './noise.ts';

const LINES = ['  ✔ fake', '  1 passing (3ms)', ...NOISE];

const FILES: Readonly<Record<string, string>> = {
  'package.json': '{"scripts": {"test": "mocha --recursive"}}',

  // The default reporter of the project must not matter.
  '.mocharc.json': '{"reporter": "min", "extension": ["js", "mjs"], "ignore": "test/helper.js"}',

  'test/helper.js': `throw new Error('ignored by the configuration');`,

  'test/pass.js': `
for (const n of [1, 2]) it('family of ' + n, () => {});
describe('outer', () => {
  describe('inner', () => {
    it('nested', async () => {});
  });
});
`,

  'test/deeper/fail.mjs': `
it('passes', () => {});
it('fails', () => { throw new Error('expected-failure-message'); });
`,

  'test/skip.js': `
it.skip('marked', () => { throw new Error('ran'); });
it('by itself', function () { this.skip(); });
it('unwritten');
describe.skip('suite', () => { it('in it', () => { throw new Error('ran'); }); });
`,

  'test/load-error.js': `
it('never', () => {});
throw new Error('broken while loading');
`,

  'test/nothing.js': '',

  'test/crash.js': `
it('before', () => {});
it('killed', () => { process.kill(process.pid, 'SIGKILL'); });
it('after', () => {});
`,

  'test/noise.js': `
const { writeSync } = require('node:fs');
const lines = ${JSON.stringify(LINES.join('\n'))};
it('noisy', () => {
  console.log(lines);
  console.error(lines);
  writeSync(1, lines + '\\n');
  writeSync(2, lines + '\\n');
  throw new Error('noise');
});
`,

  'test/größer 数 🚀.js': `
describe('größer', () => { it('数 🚀', () => {}); });
`,

  'test/twice.js': `
it('same', () => {});
it('same', () => { throw new Error('the second of its name'); });
`,

  'test/exit-zero.js': `
it('before', () => {});
it('exits', () => { process.exit(0); });
`,

  'test/own-retry.js': `
let tries = 0;
it('on its second try', function () {
  this.retries(2);
  if (++tries < 2) throw new Error('first-try');
});
it('at once', () => {});
`,
};

/** The mocha of this repository. */
export const mochaCase: ConformanceCase = {
  framework: 'mocha',
  unavailable: async () => null,
  write: async (dir) => {
    await writeFiles(dir, FILES);
    await linkNodeModules(dir);
  },
  units: {
    pass: 'test/pass.js',
    fail: 'test/deeper/fail.mjs',
    skip: 'test/skip.js',
    loadError: 'test/load-error.js',
    noTests: 'test/nothing.js',
    crash: 'test/crash.js',
    noise: 'test/noise.js',
    nonAscii: 'test/größer 数 🚀.js',
    twice: 'test/twice.js',
    exitZero: 'test/exit-zero.js',
    ownRetry: 'test/own-retry.js',
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
      ['by itself', 'skipped'],
      ['unwritten', 'skipped'],
      ['suite > in it', 'skipped'],
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
};
