import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { outcomesOf } from '../with-batch-project.ts';
import { withJestProject } from './with-project.ts';

/** Ends its worker at the first try, and passes at the second. */
const LEAVES_ONCE = `
const { existsSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const MARK = join(__dirname, 'left-once');
test('before', () => {});
test('leaves', () => {
  if (existsSync(MARK)) return;
  writeFileSync(MARK, '');
  process.exit(3);
});
`;

/** Runs as long as the other needs to leave. */
const BESIDE = `
const { existsSync } = require('node:fs');
const { join } = require('node:path');
jest.retryTimes(1);
let tries = 0;
test('tried again', () => { if (++tries < 2) throw new Error('first'); });
test.skip('not at all', () => {});
test('waits', async () => {
  while (!existsSync(join(__dirname, 'left-once'))) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
});
`;

describe('a Jest worker that ends by itself and is started again', () => {
  test('is told of at the file that was run twice, though that passed, and at no other', async () => {
    const files = {
      'package.json': JSON.stringify({
        scripts: { test: 'jest' },
        jest: { transform: {}, workerIdleMemoryLimit: '4GB' },
      }),
      'beside.test.js': BESIDE,
      'once.test.js': LEAVES_ONCE,
    };
    await withJestProject(files, async ({ run }) => {
      const batch = await run(['beside.test.js', 'once.test.js']);
      const once = batch.of('once.test.js');
      assert.deepEqual(outcomesOf(once), [
        ['before', 'passed'],
        ['leaves', 'passed'],
      ]);
      assert.deepEqual(once.errors, [
        'its worker ended with status 3 when 2 of its tests had begun, and Jest ran it again in another one',
      ]);
      const beside = batch.of('beside.test.js');
      assert.deepEqual(outcomesOf(beside), [
        ['tried again', 'passed'],
        ['not at all', 'skipped'],
        ['waits', 'passed'],
      ]);
      assert.deepEqual(beside.errors, []);
      assert.deepEqual([batch.ending.exitCode, once.exitAgrees], [1, true]);
    });
  });
});
