import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PackageJson } from '../../src/frameworks/package-json.ts';
import { findProgram, testCommands } from '../../src/frameworks/test-script.ts';
import { withDirectory, writeFiles } from './conformance.ts';

function pkg(scripts: Readonly<Record<string, string>>): PackageJson {
  return { dir: '/nowhere', scripts, dependencies: new Set(), raw: {} };
}

/** The calls of a program that the scripts come to: its environment, what is before, what after. */
function calls(program: string, scripts: Readonly<Record<string, string>>): readonly unknown[] {
  return testCommands(pkg(scripts)).flatMap((command) => {
    const call = findProgram(command, program, '/nowhere');
    return call === null ? [] : [[call.env, call.before, call.args]];
  });
}

const plain = (...args: readonly string[]): readonly unknown[] => [[{}, [], args]];

const SCRIPTS: readonly (readonly [
  scripts: Readonly<Record<string, string>>,
  calls: readonly unknown[],
])[] = [
  [{ test: 'mocha --recursive' }, plain('--recursive')],
  [{ test: 'npm run build && mocha a && echo mocha' }, plain('a')],
  [{ test: 'eslint mocha' }, []],
  [{ test: 'mocharc-check' }, []],
  [{ lint: 'mocha' }, []],
  [{ test: 'CI=1 B="x y" mocha a' }, [[{ CI: '1', B: 'x y' }, [], ['a']]]],
  [{ test: 'cross-env CI=1 mocha' }, [[{ CI: '1' }, [], []]]],
  [
    { test: 'c8 -r lcov cross-env CI=1 mocha' },
    [[{ CI: '1' }, ['c8', '-r', 'lcov', 'cross-env', 'CI=1'], []]],
  ],
  [{ test: 'npx mocha@10 a' }, [[{}, ['npx'], ['a']]]],
  [{ test: 'pnpm exec mocha a' }, [[{}, ['pnpm', 'exec'], ['a']]]],
  [{ test: 'yarn mocha -r x' }, [[{}, ['yarn'], ['-r', 'x']]]],
  [{ test: './node_modules/.bin/mocha a' }, plain('a')],
  [
    { test: 'node --import tsx node_modules/mocha/bin/mocha.js a' },
    [[{}, ['node', '--import', 'tsx'], ['a']]],
  ],
  [{ test: 'npm run unit', unit: 'mocha a' }, plain('a')],
  [{ test: 'npm run -s unit -- --bail "b c"', unit: 'mocha a' }, plain('a', '--bail', 'b c')],
  [{ test: 'npm run unit --silent', unit: 'mocha a' }, plain('a')],
  [{ test: 'pnpm unit --bail', unit: 'mocha a' }, plain('a', '--bail')],
  [{ test: 'yarn run unit', unit: 'mocha a' }, plain('a')],
  [{ test: 'node --run unit -- --bail', unit: 'mocha a' }, plain('a', '--bail')],
  [{ test: 'X=1 npm run unit', unit: 'Y=2 mocha' }, [[{ X: '1', Y: '2' }, [], []]]],
  [
    {
      test: 'run-s lint test:*',
      lint: 'eslint',
      'test:a': 'mocha a',
      'test:b': 'mocha b',
      'test:b:c': 'mocha c',
    },
    [...plain('a'), ...plain('b')],
  ],
  [{ test: 'npm run unit --workspace=a', unit: 'mocha' }, []],
  [{ test: 'npm run unit --prefix a', unit: 'mocha' }, []],
  [{ test: 'npm test' }, []],
  [{ test: 'npm run a', a: 'npm run b', b: 'npm run a' }, []],
];

describe("what a package's test script comes to", () => {
  for (const [scripts, expected] of SCRIPTS) {
    test(JSON.stringify(scripts), () => assert.deepEqual(calls('mocha', scripts), expected));
  }

  test('unquoted globs are expanded as sh would, in which ** is *', async () => {
    await withDirectory(async (dir) => {
      await writeFiles(dir, {
        'test/a.js': '',
        'test/.b.js': '',
        'test/c/d.js': '',
        'test/c/e/f.js': '',
      });
      const expand = (script: string): readonly string[] | undefined =>
        testCommands(pkg({ test: script })).map((command) => findProgram(command, 'mocha', dir))[0]
          ?.args;
      assert.deepEqual(expand('mocha test/*.js'), ['test/a.js']);
      assert.deepEqual(expand('mocha test/**/*.js'), ['test/c/d.js']);
      assert.deepEqual(expand('mocha test/.*.js'), ['test/.b.js']);
      assert.deepEqual(expand('mocha te*/?'), ['test/c']);
      assert.deepEqual(expand('mocha te*/'), ['test/']);
      assert.deepEqual(expand(`mocha ${dir}/test/[a-b].js`), [`${dir}/test/a.js`]);
      assert.deepEqual(expand("mocha 'test/**/*.js' nope/*.js"), ['test/**/*.js', 'nope/*.js']);
      assert.deepEqual(expand('mocha test/{a,b}*.js'), ['test/{a,b}*.js']);
    });
  });
});
