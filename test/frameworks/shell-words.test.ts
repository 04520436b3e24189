import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { splitCommands } from '../../src/frameworks/shell-words.ts';

function words(line: string): readonly (readonly string[])[] {
  return splitCommands(line).map((command) => command.words.map(({ text }) => text));
}

const LINES: readonly (readonly [line: string, words: readonly (readonly string[])[]])[] = [
  ['a b  c', [['a', 'b', 'c']]],
  ['a && b || c; d | e & f', [['a'], ['b'], ['c'], ['d'], ['e'], ['f']]],
  ['a&&b', [['a'], ['b']]],
  [`a 'b c' "d e"f\\ g`, [['a', 'b c', 'd ef g']]],
  [`a "\\"b\\" \\n" '\\'`, [['a', '"b" \\n', '\\']]],
  ["a ''", [['a', '']]],
  ['a > out 2>&1 b 2> err', [['a', 'b']]],
  ['a 2>/dev/null && b >> log', [['a'], ['b']]],
  ['(a; b)', [['a'], ['b']]],
  ['a # b && c\nd', [['a'], ['d']]],
  ['a b#c', [['a', 'b#c']]],
  ['a "b', [['a', 'b']]],
  ['', []],
];

describe('a command line is split as sh splits it', () => {
  for (const [line, expected] of LINES) {
    test(JSON.stringify(line), () => assert.deepEqual(words(line), expected));
  }

  test('a glob is one only outside of quotes', () => {
    const [command] = splitCommands(`a*b 'a*b' "a?b" \\*b [ab]`);
    assert.deepEqual(
      command?.words.map(({ glob }) => glob),
      [true, false, false, false, true],
    );
  });

  test('any words that sh takes apart come apart alike', () => {
    const piece = fc.constantFrom(
      'a',
      'b-c',
      "'d e'",
      '"f g"',
      '\\ ',
      '"\\\\"',
      "'\\'",
      '=',
      '.',
      '"$"',
    );
    const word = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(
        fc.array(fc.array(word, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 40 }),
        (lines) => {
          const script = lines
            .map((line) => `printf '%s\\0' ${line.join(' ')}; printf '\\n\\0'`)
            .join('\n');
          const out = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
          const expected = out
            .split('\n\0')
            .slice(0, -1)
            .map((line) => line.split('\0').slice(0, -1));
          assert.deepEqual(
            lines.map((line) => words(line.join(' '))[0]),
            expected,
          );
        },
      ),
      { numRuns: 10 },
    );
  });
});
