import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { detect } from '../../../src/frameworks/jest/detect.ts';
import { linkNodeModules, withDirectory } from '../conformance.ts';
import { detectIn, script } from '../detect-in.ts';
import { isPindownError } from '../vitest/is-pindown-error.ts';

const detected = async (files: Readonly<Record<string, string>>, forced = false) =>
  await detectIn(detect, files, forced);

describe('the signs of Jest', () => {
  test('a test script that runs it, whose arguments, node options and assignments are kept', async () => {
    const found = await detected(
      script(
        'tsc && cross-env TZ=UTC node --experimental-vm-modules node_modules/jest/bin/jest.js -c x.js unit',
      ),
    );
    assert.equal(found?.strength, 3);
    assert.deepEqual(found.args, ['-c', 'x.js', 'unit']);
    assert.deepEqual(found.data['commands'], [
      '{"args":[],"nodeArgs":["--experimental-vm-modules"],"env":{"TZ":"UTC"}}',
    ]);
    assert.match(found.because, /^package\.json runs "cross-env .* unit"$/);
  });

  test('a second command that it does not take is named', async () => {
    const found = await detected(script('jest --listTests && jest unit && npx jest e2e'));
    assert.deepEqual(found?.args, ['unit']);
    assert.match(found.because, /runs "jest unit"; not taken: "npx jest e2e"/);
  });

  test('a configuration, then a dependency', async () => {
    const cases: readonly (readonly [Readonly<Record<string, string>>, number, string])[] = [
      [{ 'jest.config.mts': '' }, 2, 'jest.config.mts is there'],
      [{ 'package.json': '{"jest": {}}' }, 2, 'package.json configures jest'],
      [{ 'package.json': '{"devDependencies": {"jest": "*"}}' }, 1, 'package.json depends on jest'],
    ];
    for (const [files, strength, because] of cases) {
      const found = await detected(files);
      assert.deepEqual([found?.strength, found?.because], [strength, because]);
      assert.deepEqual([found?.args, found?.version], [[], null]);
    }
  });

  test('is none: what only bears its name, and a script that runs no test', async () => {
    for (const files of [
      script('react-scripts test'),
      script('jest --showConfig'),
      { 'my-jest.config.js': '' },
      { 'package.json': '{"devDependencies": {"jest-diff": "*"}}' },
    ]) {
      assert.equal(await detected(files), null);
    }
  });

  test('the version is that of the package it finds', async () => {
    await withDirectory(async (dir) => {
      await linkNodeModules(dir);
      const found = await detect({ dir, env: {}, forced: true });
      assert.deepEqual([found?.strength, found?.because], [1, 'named by the user']);
      assert.match(found?.version ?? '', /^\d+\.\d+\.\d+/);
    });
  });

  test('named by the user where it is not installed, it says how to get it', async () => {
    await assert.rejects(
      detected(script('jest'), true),
      isPindownError('jest-missing', /^Jest is not installed: .* node_modules\/jest/),
    );
  });
});
