import type { ConformanceCase } from '../conformance.ts';
import { jsCase } from './js-case.ts';

/** node:test under the node that runs these tests. */
export const nodeTestCase: ConformanceCase = jsCase({
  framework: 'node-test',
  tellsUnseen: true,
  project: { 'package.json': '{"type": "module", "scripts": {"test": "node --test"}}' },
  extension: '.test.js',
  head: "import { describe, test } from 'node:test';\n",
  test: 'test',
  passing: ['✔ fake (0.1ms)', 'ℹ pass 1', 'ℹ fail 0'],
  sources: {
    pass: `
for (const n of [1, 2]) test('family of ' + n, () => {});
describe('outer', () => {
  describe('inner', () => { test('nested', () => {}); });
});
test('with subtests', async (t) => {
  await t.test('sub', () => {});
});
`,
    skip: `
test.skip('marked', () => { throw new Error('ran'); });
test('by itself', (t) => t.skip('not now'));
test.todo('unwritten but failing', () => { throw new Error('not yet'); });
describe.skip('suite', () => { test('never seen', () => {}); });
`,
  },
  expected: {
    pass: [
      ['family of 1', 'passed'],
      ['family of 2', 'passed'],
      ['outer > inner > nested', 'passed'],
      ['with subtests > sub', 'passed'],
      ['with subtests', 'passed'],
    ],
    skip: [
      ['marked', 'skipped'],
      ['by itself', 'skipped'],
      ['unwritten but failing', 'skipped'],
      ['suite', 'skipped'],
    ],
    // To node:test a file that declares no test is one itself.
    noTests: [['test/nothing.test.js', 'passed']],
  },
  outcomes: { noTests: 'passed' },
});
