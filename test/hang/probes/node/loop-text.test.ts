import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  isClosedLoop,
  loopAround,
  variablesIn,
} from '../../../../src/hang/probes/node/loop-text.ts';

/** The innermost loop around the place of `@` in a text. */
function around(marked: string): ReturnType<typeof loopAround> {
  return loopAround(marked.replace('@', ''), marked.indexOf('@'));
}

const isClosed = (marked: string): boolean | null => {
  const loop = around(marked);
  return loop === null ? null : isClosedLoop(loop);
};

describe('loopAround', () => {
  for (const [text, condition] of [
    ['while (!done) { @i++; }', '!done'],
    ['while (!done) @i++;', '!done'],
    ['while (!done)@;', '!done'],
    ['do { @i++; } while (i < n);', 'i < n'],
    ['for (let i = 0; i < n; j++) { @k++; }', 'i < n'],
    ['for (;;) { @i++; }', 'true'],
    ['while (a) { while (b) { @i++; } }', 'b'],
    ['while (a) { while (b) { i++; } @j++; }', 'a'],
    ['while (a) { const text = "}"; /* } */ const also = /[}]/; @i++; }', 'a'],
  ] as const) {
    test(text, () => assert.equal(around(text)?.condition, condition));
  }

  for (const text of ['@i++;', 'while (a) { i++; } @j++;', 'for (const one of all) { @i++; }']) {
    test(`none in ${text}`, () => assert.equal(around(text), null));
  }
});

describe('a loop that can change nothing of its condition', () => {
  for (const text of [
    'while (!done) { @i++; }',
    'while (!state.done) { @i += 2; other.value = i; }',
    'for (let row = 0; row < table.length; column++) { @sum += table[row][column]; }',
    'for (;;) { @i++; }',
    'do { @i++; } while (!done);',
    'while (a === b) { if (i > 3) { @i = 0; } }',
  ]) {
    test(text, () => assert.equal(isClosed(text), true));
  }
});

describe('a loop that may end, or of which the text says too little', () => {
  for (const text of [
    'while (!done) { @step(); }',
    'while (!done) { @it.step(); }',
    'while (!done) { @it?.step?.(); }',
    'while (Date.now() < until) { @i++; }',
    'while (!done) { @tag`text`; }',
    'while (!done) { @new Thing; }',
    'while (!done) { @await null; }',
    'while (!done) { @yield; }',
    'while (i < n) { @i++; }',
    'while (i < n) { @++i; }',
    'while (i < n) { @i += 1; }',
    'while (i < n) { @n -= 1; }',
    'while (!state.done) { @alias.done = true; }',
    'while (!state.done) { @state = next; }',
    'while (!done) { @[done, other] = pair; }',
    'while (!done) { @({ done } = state); }',
    'for (;;) { if (i > 3) @break; }',
    'while (true) { @return; }',
    'while (true) { @throw error; }',
    'for (; i < n; i++) { @sum += 1; }',
    'while (!done) { @delete state.open; }',
  ]) {
    test(text, () => assert.equal(isClosed(text), false));
  }
});

test('variables are what no dot stands before', () => {
  assert.deepEqual(variablesIn('!state.done && list?.length < most'), ['state', 'list', 'most']);
});
