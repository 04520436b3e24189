import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { PindownError } from '../../src/core/errors.ts';
import { selectUnits } from '../../src/plan/select.ts';
import { anyUnits, unitAt } from './units.ts';

const from = { projectRoot: '/home/p', cwd: '/home/p' };

const units = [
  unitAt('src/b.test.js'),
  unitAt('test/a.test.js'),
  unitAt('test/deep/a.test.js'),
  unitAt('test/deep/[id].test.js'),
  unitAt('testing/a.test.js'),
  unitAt('e2e/login.test.js', 'e2e'),
  unitAt('example.com/shop/cart', 'go', { kind: 'package', file: '/home/p/cart' }),
];

function select(...selectors: string[]): string[] {
  return selectUnits(units, selectors, from).map((unit) => unit.path);
}

describe('selectUnits', () => {
  test('no selector selects all', () => {
    assert.equal(select().length, units.length);
  });

  test('a file: relative, with ./, absolute, by its id', () => {
    for (const selector of [
      'test/a.test.js',
      './test/a.test.js',
      'test//deep/../a.test.js',
      '/home/p/test/a.test.js',
      'unit:test/a.test.js',
    ]) {
      assert.deepEqual(select(selector), ['test/a.test.js'], selector);
    }
  });

  test('a directory: all below it and no other that begins so', () => {
    const below = ['test/a.test.js', 'test/deep/a.test.js', 'test/deep/[id].test.js'];
    for (const selector of ['test', 'test/', './test', '/home/p/test/']) {
      assert.deepEqual(select(selector), below, selector);
    }
    assert.equal(select('.').length, units.length);
  });

  test('from a directory within the project, then from its root', () => {
    const inside = { projectRoot: '/home/p', cwd: '/home/p/test' };
    const run = (selector: string) => selectUnits(units, [selector], inside).map((u) => u.path);
    assert.deepEqual(run('a.test.js'), ['test/a.test.js']);
    assert.deepEqual(run('test/a.test.js'), ['test/a.test.js']);
    assert.deepEqual(run('../src'), ['src/b.test.js']);
    assert.deepEqual(run('*.js'), ['test/a.test.js']);
    assert.equal(run('.').length, 3);
  });

  test('a glob', () => {
    assert.deepEqual(select('test/*.test.js'), ['test/a.test.js']);
    assert.deepEqual(select('**/a.test.js').length, 3);
    assert.deepEqual(select('{src,e2e}/**'), ['src/b.test.js', 'e2e/login.test.js']);
  });

  test('a file whose name looks like a glob is itself', () => {
    assert.deepEqual(select('test/deep/[id].test.js'), ['test/deep/[id].test.js']);
    assert.deepEqual(select('test/deep/[ai].test.js'), ['test/deep/a.test.js']);
  });

  test('a suite', () => {
    assert.deepEqual(select('suite:e2e'), ['e2e/login.test.js']);
  });

  test('a package, by its import path or its directory', () => {
    assert.deepEqual(select('example.com/shop/cart'), ['example.com/shop/cart']);
    assert.deepEqual(select('./cart'), ['example.com/shop/cart']);
  });

  test('several selectors: each unit once, in the order of the list', () => {
    assert.deepEqual(select('test/a.test.js', 'src', 'test/*.js'), [
      'src/b.test.js',
      'test/a.test.js',
    ]);
  });

  const refused: readonly (readonly [selector: string, message: RegExp, hint: RegExp])[] = [
    ['test/a.tst.js', /None of the 7 units matches "test\/a\.tst\.js"/, /mean test\/a\.test\.js/],
    ['login.test.js', /None of the 7/, /mean e2e\/login\.test\.js/],
    ['suite:e2', /"suite:e2"/, /mean suite:e2e/],
    ['zzz/**', /"zzz\/\*\*"/, /Name a file/],
    ['../other/a.test.js', /None/, /./],
    ['', /None of the 7 units matches ""/, /Name a file/],
  ];
  for (const [selector, message, hint] of refused) {
    test(`${JSON.stringify(selector)} matches nothing`, () => {
      assert.throws(
        () => select('test', selector),
        (error) => {
          assert.ok(error instanceof PindownError);
          assert.equal(error.exitCode, 2);
          assert.equal(error.code, 'no-match');
          assert.match(error.message, message);
          assert.match(error.hint ?? '', hint);
          return true;
        },
      );
    });
  }

  test('nothing to select from', () => {
    assert.throws(() => selectUnits([], ['a'], from), /the suite has no units at all/);
  });

  test('every unit is selected by its own id, path and directory', () => {
    fc.assert(
      fc.property(anyUnits({ min: 1, max: 20 }), fc.nat(), (some, at) => {
        const unit = some[at % some.length]!;
        assert.deepEqual(selectUnits(some, [unit.id], from), [unit]);
        // `.` and `..` are ways, not names.
        fc.pre(unit.path.split('/').every((part) => !/^\.\.?$/.test(part)));
        assert.ok(selectUnits(some, [unit.path], from).includes(unit));
        const slash = unit.path.lastIndexOf('/');
        if (slash < 0 || some.some(({ path }) => path === unit.path.slice(0, slash))) return;
        assert.ok(selectUnits(some, [unit.path.slice(0, slash)], from).includes(unit));
      }),
    );
  });
});
