import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { detect } from '../../../src/frameworks/node-test/detect.ts';
import { detectIn, script } from '../detect-in.ts';

const detected = async (files: Readonly<Record<string, string>>, forced = false) =>
  await detectIn(detect, files, forced);

describe('node:test is detected', () => {
  test('by the test script, most strongly', async () => {
    const found = await detected(script('npm run build && A=1 node --test test/'));
    assert.equal(found?.strength, 3);
    assert.equal(found.because, 'package.json runs "A=1 node --test test/"');
    assert.deepEqual(found.data['commands'], [
      JSON.stringify({ args: ['--test', 'test/'], nodeArgs: [], env: { A: '1' } }),
    ]);
  });

  test('by each of several commands', async () => {
    const found = await detected(script('node --test a && c8 node --import tsx --test b'));
    assert.equal(found?.data['commands']?.length, 2);
  });

  test('by tsx --test, which is node --import tsx --test', async () => {
    const found = await detected(script('tsx --test test/*.ts'));
    assert.match(String(found?.data['commands']), /"--import","tsx","--test"/);
  });

  test('not by a node that runs something else', async () => {
    assert.equal(await detected(script('node test/run.js --test')), null);
    assert.equal(await detected(script('node --run x')), null);
  });

  test('weakly, by a test file that imports node:test', async () => {
    const file = `import test from 'node:test';`;
    assert.deepEqual((await detected({ 'src/a.test.mjs': file }))?.strength, 1);
    assert.equal(
      (await detected({ 'test/deep/any.js': file }))?.because,
      'test/deep/any.js imports node:test',
    );
    assert.equal(await detected({ 'src/any.js': file }), null);
    assert.equal(await detected({ 'node_modules/a/a.test.js': file }), null);
    assert.equal(await detected({ 'a.test.js': `import test from 'ava';` }), null);
  });

  test('where the user names it', async () => {
    assert.equal((await detected({}, true))?.because, 'named by the user');
  });
});
