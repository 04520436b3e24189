import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { didYouMean, suggest } from '../../src/core/did-you-mean.ts';

describe('suggest', () => {
  test('finds one typing error of each kind', () => {
    const commands = ['run', 'history', 'durations', 'merge', 'doctor'];
    assert.deepEqual(suggest('histroy', commands), ['history'], 'swapped');
    assert.deepEqual(suggest('meerge', commands), ['merge'], 'inserted');
    assert.deepEqual(suggest('mrge', commands), ['merge'], 'left out');
    assert.deepEqual(suggest('doktor', commands), ['doctor'], 'replaced');
    assert.deepEqual(suggest('MERGE', commands), ['merge'], 'case');
  });

  test('a path whose directory was left out comes first', () => {
    const paths = ['test/b.test.js', 'test/deep/a.test.js', 'c.test.js'];
    assert.equal(suggest('a.test.js', paths)[0], 'test/deep/a.test.js');
  });

  test('suggests nothing where nothing is near', () => {
    assert.deepEqual(suggest('zebra', ['run', 'history']), []);
    assert.deepEqual(suggest('ab', ['xy']), [], 'no character in common');
    assert.deepEqual(suggest('', ['run']), []);
  });

  test('at most three, the nearest first, whatever the order of the candidates', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1 }),
        fc.nat(),
        (names, at) => {
          const input = names[at % names.length]!;
          const found = suggest(input, names);
          assert.ok(found.length <= 3);
          assert.equal(found[0]?.toLowerCase(), input.toLowerCase());
          assert.deepEqual(suggest(input, names.toReversed()), found);
        },
      ),
    );
  });
});

test('didYouMean reads as a question', () => {
  assert.equal(didYouMean('aab', ['aaa', 'aac', 'aad']), 'Did you mean aaa, aac or aad?');
  assert.equal(didYouMean('aab', ['aaa']), 'Did you mean aaa?');
  assert.equal(didYouMean('aab', ['zzz']), undefined);
});
