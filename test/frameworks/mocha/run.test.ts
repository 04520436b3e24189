import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { mocha } from '../../../src/frameworks/mocha/index.ts';
import { type FileEnd, runUnit, short, testEnds, type UnitRun } from '../run-unit.ts';
import { withMocha } from './mocha-project.ts';

/** Runs the one file of a project that lies in test/. */
async function runs(
  files: Readonly<Record<string, string>>,
  check: (run: UnitRun) => unknown,
  script?: string,
): Promise<void> {
  await withMocha(
    files,
    async ({ project, units }) => await check(await runUnit(mocha, project, units[0])),
    script,
  );
}

describe('a file under mocha', () => {
  test('what a test had failed with before it was tried again', async () => {
    await runs(
      {
        'test/a.js': `
let tries = 0;
describe('on its third', () => {
  it('try', function () { this.retries(2); if (++tries < 3) throw new Error('try ' + tries); });
});
it('in vain', function () { this.retries(1); throw new Error('in vain'); });
it('at once', () => {});
describe('cut off', () => {
  afterEach(() => { throw new Error('hook'); });
  it('by a hook', function () { this.retries(1); throw new Error('before the hook'); });
});
it('afterwards', () => {});
`,
      },
      (run) => {
        assert.deepEqual(
          run.tests.map(({ name, outcome, failedTries = [] }) => [
            name,
            outcome,
            ...failedTries.map((text) => text.split('\n', 1)[0]),
          ]),
          [
            ['in vain', 'failed', 'Error: in vain'],
            ['at once', 'passed'],
            ['afterwards', 'passed'],
            ['on its third > try', 'passed', 'Error: try 1', 'Error: try 2'],
            ['cut off > "after each" hook for "by a hook"', 'errored', 'Error: before the hook'],
          ],
        );
        assert.equal(run.exitAgrees, true);
      },
    );
  });

  test('every way in which a test can end', async () => {
    await runs(
      {
        'test/a.js': `
const assert = require('node:assert');
let tries = 0;
it('on its second try', function () { this.retries(1); assert.equal(++tries, 2); });
it('compares', () => { assert.deepEqual({ a: 1 }, { a: 2 }); });
it('too slow', function (done) { this.timeout(10); });
it('done twice', (done) => { done(); setTimeout(done, 5); });
it('waits for it', (done) => { setTimeout(done, 30); });
for (const n of [1, 2]) it('family ' + n, () => {});
describe('before all', () => { before(() => { throw new Error('x'); }); it('a', () => {}); });
describe('before each', () => { beforeEach('named', () => { throw new Error('x'); }); it('a', () => {}); it('b', () => {}); });
describe('after each', () => { afterEach(() => { throw new Error('x'); }); it('a', () => {}); });
describe('after all', () => { after(() => { throw new Error('x'); }); it('a', () => {}); });
`,
      },
      (run) => {
        assert.deepEqual(short(run.tests), [
          'on its second try: passed',
          'compares: failed',
          'too slow: failed',
          'done twice: passed',
          'waits for it: passed',
          'family 1: passed',
          'family 2: passed',
          'before all > "before all" hook for "a": errored',
          'before each > "before each" hook: named for "a": errored',
          'after each > a: passed',
          'after each > "after each" hook for "a": errored',
          'after all > a: passed',
          'after all > "after all" hook for "a": errored',
        ]);
        assert.match(
          run.errors.join('\n'),
          /^"done twice" failed after it had ended: Error: done\(\)/,
        );
        assert.equal(run.errors.length, 1);
        // Its exit status is the number of failures.
        assert.equal(run.run.ending.exitCode, 7);
        assert.deepEqual([run.begun, run.ended, run.exitAgrees], [true, true, true]);
        assert.equal(run.outcome, 'failed');
        const [, compares] = run.tests;
        assert.deepEqual(compares?.location, { file: 'test/a.js', line: 5, column: 31 });
        assert.match(stripVTControlCharacters(run.run.stdout), /✔ family 1[^]+7 failing/);
      },
    );
  });

  const ends: readonly FileEnd[] = [
    [
      'a module that is not there',
      `require('nope');`,
      'errored',
      [],
      /^Error: Cannot find module 'nope'/,
    ],
    ['a syntax error', `it('a', () => {`, 'errored', [], /SyntaxError/],
    [
      'thrown after the last test',
      `it('a', () => { setTimeout(() => { throw new Error('late'); }, 20); });`,
      'errored',
      ['a: passed'],
      /^after the last test: Error: late/,
    ],
    [
      'a root hook that fails',
      `after(() => { throw new Error('root'); }); it('a', () => {});`,
      'failed',
      ['a: passed', '"after all" hook for "a": errored'],
      null,
    ],
    [
      'more failures than an exit status can say',
      `for (let n = 0; n < 300; n++) it('n' + n, () => { throw new Error('x'); });`,
      'failed',
      Array.from({ length: 300 }, (_, n) => `n${n}: failed`),
      null,
    ],
    [
      'an exit status that says nothing',
      `it('a', () => {}); after(() => { process.on('exit', () => { process.reallyExit(0); }); }); it('b', () => { throw new Error('x'); });`,
      'contradicted',
      ['a: passed', 'b: failed'],
      null,
    ],
  ];
  testEnds(ends, async (source, check) => await runs({ 'test/a.js': source }, check));

  test('configuration and arguments are kept, all but what would change what is run or reported', async () => {
    await runs(
      {
        '.mocharc.json': JSON.stringify({
          ui: 'tdd',
          timeout: 12_345,
          file: ['setup/first.js'],
          spec: ['test/*.js', 'setup/decoy.js'],
          // The second matches absolute paths alone, which mocha does not look up.
          ignore: ['setup/decoy.js', '**/project/**'],
          'node-option': ['stack-trace-limit=33'],
          'fail-zero': true,
          'pass-on-failing-test-suite': true,
          parallel: false,
        }),
        'setup/decoy.js': `throw new Error('ran another file');`,
        'setup/first.js': 'globalThis.first = true;',
        'setup/hooks.cjs': `
exports.mochaHooks = { beforeEach() { globalThis.hooked = true; } };
exports.mochaGlobalSetup = () => { globalThis.begun = true; };
`,
        'test/a.js': `
const assert = require('node:assert');
test('wanted', function () {
  assert.equal(this.timeout(), 12_345);
  assert.deepEqual([globalThis.first, globalThis.hooked, globalThis.begun], [true, true, true]);
  assert.equal(process.env.COLOUR, 'green');
  assert.deepEqual(process.execArgv, ['--stack-trace-limit=33']);
  assert.match(process.argv[1], /mocha/);
});
test('other', () => { throw new Error('filtered by the script'); });
`,
      },
      (run) => {
        assert.deepEqual(run.errors, []);
        assert.equal(run.outcome, 'passed', run.tests[0]?.message ?? run.reason);
        assert.deepEqual(short(run.tests), ['wanted: passed']);
      },
      'npm run lint && COLOUR=green mocha --require setup/hooks.cjs --grep wanted --parallel --reporter min test/a.js',
    );
  });

  test('a failure stays one where the project lets failing suites pass', async () => {
    await runs(
      { 'test/a.js': `it('a', () => { throw new Error('x'); });` },
      (run) => assert.deepEqual([run.outcome, run.run.ending.exitCode], ['failed', 1]),
      'mocha --pass-on-failing-test-suite',
    );
  });

  test('options for Node go to Node', async () => {
    await runs(
      { 'test/a.js': `it('a', () => { require('node:assert').equal(typeof gc, 'function'); });` },
      (run) => assert.deepEqual([run.outcome, short(run.tests)], ['passed', ['a: passed']]),
      'mocha --expose-gc',
    );
  });

  test('a file without tests is no failure of its own under --fail-zero', async () => {
    await runs(
      { 'test/a.js': '' },
      (run) => assert.equal(run.outcome, 'no-tests', run.reason),
      'mocha --fail-zero',
    );
  });

  test('an error that mocha lays at no test is reported', async () => {
    await runs(
      { 'test/a.js': `setTimeout(() => { throw new Error('before run()'); }); it('a', () => {});` },
      (run) => {
        assert.equal(run.outcome, 'errored', run.reason);
        assert.match(
          run.errors.join('\n'),
          /^Uncaught error outside test suite: Error: before run/,
        );
      },
      'mocha --delay',
    );
  });

  test('a required module that can not be loaded says why', async () => {
    await runs(
      { 'test/a.js': `it('a', () => {});`, 'broken.js': `throw new Error('no set-up');` },
      (run) => {
        assert.equal(run.outcome, 'errored', run.reason);
        assert.match(run.errors.join('\n'), /no set-up/);
      },
      'mocha --require ./broken.js',
    );
  });

  test('children and threads of a test report nothing, and inherit none of our options', async () => {
    await runs(
      {
        'test/a.js': `
const { fork } = require('node:child_process');
const { Worker } = require('node:worker_threads');
it('has company', async () => {
  const [code] = await require('node:events').once(fork('./child.js'), 'exit');
  require('node:assert').equal(code, 0);
  await require('node:events').once(new Worker('./child.js'), 'exit');
});
`,
        'child.js': `
const { isMainThread } = require('node:worker_threads');
if (isMainThread) require('node:assert').deepEqual(process.execArgv, []);
`,
      },
      (run) => {
        assert.deepEqual(short(run.tests), ['has company: passed']);
        assert.equal(run.outcome, 'passed', run.reason);
      },
    );
  });

  test('what is thrown by a timer while a file loads is reported', async () => {
    const source = `setTimeout(() => { throw new Error('early'); }); await new Promise((go) => setTimeout(go, 1000));`;
    await runs({ 'test/a.mjs': source }, (run) => {
      assert.equal(run.outcome, 'errored', run.reason);
      assert.match(run.errors.join('\n'), /^Error: early/);
    });
  });

  test('ES modules are tests like others', async () => {
    await runs(
      {
        'test/a.mjs': `import assert from 'node:assert'; it('a', () => assert.ok(await_)); const await_ = await 1;`,
      },
      (run) => assert.deepEqual(short(run.tests), ['a: passed']),
    );
  });
});
