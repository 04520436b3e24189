import assert from 'node:assert/strict';
import { matchesGlob } from 'node:path';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { PindownError } from '../../src/core/errors.ts';
import { compileGlob, isGlob } from '../../src/core/glob.ts';

const cases: readonly (readonly [glob: string, matching: string[], other: string[]])[] = [
  ['a/*.ts', ['a/b.ts', 'a/.ts'], ['a/b/c.ts', 'a/b.tsx', 'b.ts', 'xa/b.ts']],
  ['**/*.ts', ['b.ts', 'a/b.ts', 'a/b/c.ts', '.a/b.ts'], ['b.tsx']],
  ['a/**', ['a/b', 'a/b/c'], ['a', 'ab/c']],
  ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['a/xb', 'axb']],
  ['a**b', ['ab', 'axb'], ['a/b']],
  ['a**/b', ['a/b', 'ax/b'], ['ab', 'a/x/b']],
  ['?.ts', ['a.ts', 'ä.ts', '😀.ts'], ['ab.ts', '/.ts', '.ts']],
  ['[a-c]x', ['ax', 'cx'], ['dx', '-x']],
  ['[!a-c]x', ['dx'], ['ax', '/x']],
  ['[^a]x', ['dx'], ['ax']],
  ['[]]x', [']x'], ['[x']],
  ['[\\]]x', [']x'], ['\\x']],
  ['a[+--]b', ['a,b', 'a-b'], ['a.b', 'a/b']],
  ['a[.-0]b', ['a.b', 'a0b'], ['a/b']],
  ['{a,b/c}.ts', ['a.ts', 'b/c.ts'], ['c.ts', 'a,b/c.ts']],
  ['{a,{b,c}d}', ['a', 'bd', 'cd'], ['b', 'ad']],
  ['{**/x,y}', ['x', 'a/x', 'y'], ['a/y']],
  ['a{,.b}', ['a', 'a.b'], ['a.']],
  ['\\[id\\].ts', ['[id].ts'], ['i.ts']],
  ['a+(b)|c.$^', ['a+(b)|c.$^'], ['aab']],
];

describe('compileGlob', () => {
  for (const [glob, matching, other] of cases) {
    test(glob, () => {
      const matches = compileGlob(glob);
      for (const path of matching) assert.ok(matches(path), `${glob} should match ${path}`);
      for (const path of other) assert.ok(!matches(path), `${glob} should not match ${path}`);
    });
  }

  for (const glob of ['a[b', '{a,b', 'a{b,{c}', '[z-a]']) {
    test(`refuses ${glob}`, () => {
      assert.throws(
        () => compileGlob(glob),
        (error) =>
          error instanceof PindownError && error.exitCode === 2 && error.message.includes(glob),
      );
    });
  }

  test('agrees with node:path on what both define', () => {
    const part = fc.constantFrom('a', 'b', 'ab', 'a.b');
    const globPart = fc.constantFrom('a', 'b', '*', 'a*', '*b', '?', '[ab]', '{a,ab}', '**');
    const glob = fc.array(globPart, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(glob, path, (pattern, name) => {
        // Node lets `a/**` match `a` itself; for a selection that would be a file, not a directory.
        fc.pre(!pattern.endsWith('**'));
        assert.equal(compileGlob(pattern)(name), matchesGlob(name, pattern));
      }),
      { numRuns: 500 },
    );
  });

  test('any text, escaped, matches itself and nothing longer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const matches = compileGlob(text.replaceAll(/[*?[\]{}\\]/g, '\\$&'));
        assert.ok(matches(text));
        assert.ok(!matches(`${text}x`));
      }),
    );
  });
});

test('isGlob', () => {
  assert.ok(isGlob('a*'));
  assert.ok(isGlob('{a,b}'));
  assert.ok(!isGlob('a/b.test.ts'));
});
