import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { detect } from '../../../src/frameworks/mocha/detect.ts';
import { detectIn } from '../detect-in.ts';

const INSTALLED = { 'node_modules/mocha/package.json': '{"version": "10.0.0"}' };

const detected = async (files: Readonly<Record<string, string>>, forced = false) =>
  await detectIn(detect, files, forced);

function manifest(content: object): Readonly<Record<string, string>> {
  return { 'package.json': JSON.stringify(content) };
}

describe('mocha is detected', () => {
  test('by the test script, most strongly, with its arguments and its environment', async () => {
    const script = 'NODE_ENV=test nyc node --import tsx node_modules/.bin/mocha --exit test/';
    const found = await detected({ ...manifest({ scripts: { test: script } }), ...INSTALLED });
    assert.equal(found?.strength, 3);
    assert.equal(found.version, '10.0.0');
    assert.equal(found.because, `package.json runs "${script}"`);
    assert.deepEqual(found.data['commands'], [
      JSON.stringify({
        args: ['--exit', 'test/'],
        nodeArgs: ['--import', 'tsx'],
        env: { NODE_ENV: 'test' },
      }),
    ]);
  });

  test('by its configuration', async () => {
    assert.equal((await detected({ '.mocharc.yml': '' }))?.because, '.mocharc.yml is there');
    const found = await detected(manifest({ mocha: { ui: 'tdd' } }));
    assert.deepEqual([found?.strength, found?.because], [2, 'package.json configures mocha']);
  });

  test('weakly, by the dependency', async () => {
    const found = await detected(manifest({ devDependencies: { mocha: '^10' } }));
    assert.equal(found?.strength, 1);
    assert.equal(await detected(manifest({ devDependencies: { 'mocha-each': '1' } })), null);
  });

  test('where the user names it and it is installed', async () => {
    assert.equal((await detected(INSTALLED, true))?.because, 'named by the user');
    await assert.rejects(detected({}, true), { code: 'mocha-missing', exitCode: 2 });
  });
});
