import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { describe, test } from 'node:test';
import type { Unit } from '../../../src/core/unit.ts';
import { isPindownError } from '../vitest/is-pindown-error.ts';
import { withJestProject } from './with-project.ts';

const PASSES = "test('ok', () => {});\n";

/** The listed paths with what each unit needs beside its file. */
async function listed(files: Readonly<Record<string, string>>): Promise<[string, Unit['data']][]> {
  let found: [string, Unit['data']][] = [];
  await withJestProject(files, async ({ list }) => {
    found = (await list()).map(({ path, data }) => [path, data]);
  });
  return found;
}

function configured(script: string, jest: object): Readonly<Record<string, string>> {
  return {
    'package.json': JSON.stringify({ scripts: { test: script }, jest: { transform: {}, ...jest } }),
  };
}

describe("the files that the suite's own jest would run", () => {
  test('are those that its arguments and its configuration choose, of a shard all', async () => {
    const files = {
      ...configured('jest --shard=1/2 --json --outputFile=out.json unit', {
        testPathIgnorePatterns: ['ignored'],
      }),
      'unit/a.test.js': PASSES,
      'unit/[b](c).test.js': PASSES,
      'unit/ignored/d.test.js': PASSES,
      'unit/helper.js': PASSES,
      'e2e/e.test.js': PASSES,
    };
    assert.deepEqual(await listed(files), [
      ['unit/[b](c).test.js', {}],
      ['unit/a.test.js', {}],
    ]);
  });

  test('are each one unit, which knows in how many projects it runs', async () => {
    const files = {
      'package.json': '{"scripts": {"test": "jest -c multi.config.js"}}',
      'multi.config.js': `
console.log('["/not/a/test.js"]');
const project = (displayName, name) => ({ displayName, transform: {}, testMatch: [\`**/\${name}\`] });
module.exports = { projects: [project('one', '*.test.js'), project('two', 'a.test.js')] };
`,
      'a.test.js': PASSES,
      'b.test.js': PASSES,
    };
    assert.deepEqual(await listed(files), [
      ['a.test.js', { runs: '2' }],
      ['b.test.js', {}],
    ]);
  });

  test('may be none', async () => {
    assert.deepEqual(await listed({ 'a.js': '' }), []);
  });

  test('keep the limit that the project sets to its workers', async () => {
    const limits: readonly (readonly [string, object, Unit['data']])[] = [
      ['jest -i', { maxWorkers: 4 }, { maxWorkers: '1' }],
      ['jest --maxWorkers=3', { maxWorkers: 4 }, { maxWorkers: '3' }],
      ['jest', { maxWorkers: 4 }, { maxWorkers: '4' }],
      ['jest -w 100%', {}, { maxWorkers: String(availableParallelism()) }],
    ];
    for (const [script, config, data] of limits) {
      const files = { ...configured(script, config), 'a.test.js': PASSES };
      assert.deepEqual(await listed(files), [['a.test.js', data]], script);
    }
  });

  test("can't be listed with a broken configuration, and Jest's own words say why", async () => {
    const files = {
      'package.json': '{"scripts": {"test": "jest"}}',
      'jest.config.js': "throw new Error('broken configuration');",
    };
    await assert.rejects(
      listed(files),
      isPindownError('jest-list-failed', /could not list its test files:\n.*broken configuration/s),
    );
  });

  test("can't be listed by a Jest that is too old, or not there", async () => {
    await assert.rejects(
      listed({ 'node_modules/jest/package.json': '{"version": "28.1.3"}' }),
      isPindownError('jest-too-old', /^Expected Jest 29 or newer, got 28\.1\.3/),
    );
    await assert.rejects(
      listed({ 'node_modules/other/package.json': '{"version": "1.0.0"}' }),
      isPindownError('jest-missing', /^Jest is not installed/),
    );
  });
});
