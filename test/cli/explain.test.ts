import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { THEOREMS } from '../../src/outcome/rules/theorems.ts';
import { runBin } from './run-bin.ts';

describe('pindown explain', () => {
  test('lists every rule, and what is never excused', async () => {
    const { status, stdout } = await runBin('/', ['explain']);
    assert.equal(status, 0);
    for (const { name } of THEOREMS) assert.match(stdout, new RegExp(`^ +${name}$`, 'm'));
    assert.match(stdout, /text in the output/);
  });

  test('prints the whole theorem of one, also as JSON', async () => {
    const { stdout } = await runBin('/', ['explain', 'exec-busy']);
    for (const part of ['Matches', 'Proof', 'Safe because', 'Bounds', 'Gives up']) {
      assert.match(stdout, new RegExp(`^${part}$`, 'm'));
    }
    const json = await runBin('/', ['explain', 'exec-busy', '--json']);
    assert.equal((JSON.parse(json.stdout) as { name: string }).name, 'exec-busy');
  });

  test('a rule that there is not: 2, with the nearest', async () => {
    const { status, stderr } = await runBin('/', ['explain', 'exec-bsy']);
    assert.equal(status, 2);
    assert.match(stderr, /Did you mean exec-busy\?/);
  });
});
