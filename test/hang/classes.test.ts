import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HangClass } from '../../src/hang/classes/hang-class.ts';
import { HANG_CLASSES } from '../../src/hang/classes/registry.ts';

const NAMES = HANG_CLASSES.map(({ name }) => name);

describe('the classes of hangs', () => {
  test('have names of their own, in kebab-case', () => {
    assert.deepEqual([...new Set(NAMES)], NAMES);
    for (const name of NAMES) assert.match(name, /^[a-z]+(?:-[a-z]+)*$/);
  });

  test('are confused only with other classes that there are, each once', () => {
    for (const { name, confusedWith } of HANG_CLASSES) {
      const others = confusedWith.map((one) => one.name);
      assert.ok(others.length > 0, `${name} looks like nothing else`);
      assert.deepEqual([...new Set(others)], others, name);
      for (const other of others) {
        assert.ok(NAMES.includes(other), `${name} is confused with ${other}, which is no class`);
        assert.notEqual(other, name, `${name} is confused with itself`);
      }
    }
  });

  test('say all that they say in sentences, but for their titles', () => {
    for (const hangClass of HANG_CLASSES) {
      assert.doesNotMatch(hangClass.title, /[.?]$/, hangClass.name);
      for (const sentence of sentencesOf(hangClass)) {
        assert.match(sentence, /\S[.?]$/, hangClass.name);
      }
    }
  });
});

function sentencesOf({ causes, fixes, decidedBy, confusedWith }: HangClass): string[] {
  return [...causes, ...fixes, decidedBy, ...confusedWith.map(({ toldApartBy }) => toldApartBy)];
}
