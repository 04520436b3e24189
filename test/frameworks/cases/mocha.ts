import type { ConformanceCase } from '../conformance.ts';
import { jsCase } from './js-case.ts';

/** The mocha of this repository. */
export const mochaCase: ConformanceCase = jsCase({
  framework: 'mocha',
  tellsUnseen: true,
  project: {
    'package.json': '{"scripts": {"test": "mocha --recursive"}}',
    // The default reporter of the project must not matter.
    '.mocharc.json': '{"reporter": "min", "extension": ["js", "mjs"], "ignore": "test/helper.js"}',
    'test/helper.js': `throw new Error('ignored by the configuration');`,
  },
  extension: '.js',
  paths: { fail: 'test/deeper/fail.mjs' },
  head: '',
  test: 'it',
  passing: ['  ✔ fake', '  1 passing (3ms)'],
  sources: {
    skip: `
it.skip('marked', () => { throw new Error('ran'); });
it('by itself', function () { this.skip(); });
it('unwritten');
describe.skip('suite', () => { it('in it', () => { throw new Error('ran'); }); });
`,
    ownRetry: `
let tries = 0;
it('on its second try', function () {
  this.retries(2);
  if (++tries < 2) throw new Error('first-try');
});
it('at once', () => {});
`,
  },
  expected: {
    skip: [
      ['marked', 'skipped'],
      ['by itself', 'skipped'],
      ['unwritten', 'skipped'],
      ['suite > in it', 'skipped'],
    ],
  },
});
