import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, test } from 'node:test';
import { nodeTest } from '../../../src/frameworks/node-test/index.ts';
import {
  detectProject,
  listContext,
  projectEnvironment,
  withDirectory,
  writeFiles,
} from '../conformance.ts';
import { type FileEnd, runUnit, short, testEnds, type UnitRun } from '../run-unit.ts';
import { nodes } from './nodes.ts';

for (const { path, version } of nodes()) {
  const major = Number(/\d+/.exec(version)?.[0]);

  /** Runs one file of a project, whose test script can be given. */
  async function runs(
    files: Readonly<Record<string, string>>,
    check: (run: UnitRun, dir: string) => unknown,
    script = 'node --test',
  ): Promise<void> {
    await withDirectory(async (dir) => {
      const root = join(dir, 'project');
      const scratch = join(dir, 'scratch');
      await mkdir(scratch);
      await writeFiles(root, {
        'package.json': JSON.stringify({ scripts: { test: script } }),
        ...files,
      });
      const env = projectEnvironment(root);
      env['PATH'] = [path, env['PATH']].join(delimiter);
      const project = await detectProject(nodeTest, root, scratch, env);
      const [unit] = await nodeTest.list(project.suite, listContext(project));
      await check(await runUnit(nodeTest, project, unit), root);
    });
  }

  describe(`a file under node ${version}`, () => {
    test('every way in which a test can end', async () => {
      await runs(
        {
          'test.mjs': `
import { after, afterEach, before, beforeEach, describe, it, test } from 'node:test';
test('parent', async (t) => { await t.test('child', () => { throw new Error('inner'); }); });
test('too slow', { timeout: 10 }, async () => { await new Promise((go) => setTimeout(go, 200)); });
test('todo', { todo: 'one day' }, () => { throw new Error('not yet'); });
test('todo done', { todo: true }, () => {});
test('throws a string', () => { throw 'just words'; });
test('has a cause', () => { throw new Error('outer', { cause: new Error('the cause') }); });
describe('of a failure', () => { it('fails', () => { throw new Error('x'); }); });
describe('before', () => { before(() => { throw new Error('no set-up'); }); it('a', () => {}); });
describe('after', () => { after(() => { throw new Error('no teardown'); }); it('a', () => {}); });
describe('before each', () => { beforeEach(() => { throw new Error('x'); }); it('a', () => {}); });
describe('after each', () => { afterEach(() => { throw new Error('x'); }); it('a', () => {}); });
describe('around', () => { before(() => { throw new Error('x'); }); describe('inner', () => { it('a', () => {}); }); });
describe('body', () => { throw new Error('while declaring'); });
`,
        },
        (run) => {
          assert.equal(run.outcome, 'failed');
          assert.deepEqual(run.errors, []);
          assert.deepEqual([run.begun, run.ended, run.exitAgrees], [true, true, true]);
          assert.deepEqual(short(run.tests), [
            'parent > child: failed',
            'parent: failed',
            'too slow: failed',
            'todo: skipped',
            'todo done: passed',
            'throws a string: failed',
            'has a cause: failed',
            'of a failure > fails: failed',
            'before > a: errored',
            'before: errored',
            'after > a: passed',
            'after: errored',
            'before each > a: errored',
            'after each > a: errored',
            'around > inner > a: errored',
            'around: errored',
            'body: errored',
          ]);
          const named = new Map(run.tests.map((result) => [result.name, result]));
          assert.match(named.get('parent > child')?.message ?? '', /^Error: inner\n +at /);
          assert.deepEqual(named.get('parent > child')?.location?.file, 'test.mjs');
          assert.equal(named.get('parent > child')?.location?.line, 3);
          assert.match(named.get('todo')?.message ?? '', /^todo, failed: Error: not yet/);
          assert.equal(named.get('throws a string')?.message, 'just words');
          assert.match(
            named.get('has a cause')?.message ?? '',
            /outer[^]+\[cause\] Error: the cause/,
          );
          assert.match(named.get('before')?.message ?? '', /no set-up/);
          assert.match(run.run.stdout, /throws a string/, 'people find the spec report on stdout');
        },
      );
    });

    const ends: readonly FileEnd[] = [
      [
        'thrown while loading, before anything is declared',
        `throw new Error('top');`,
        'errored',
        [],
        /^Error: top/,
      ],
      [
        'thrown while loading, after a test is declared',
        `require('node:test').test('a', () => {}); throw new Error('top');`,
        'errored',
        [],
        /^Error: top/,
      ],
      [
        'a module that is not there',
        `require('nope');`,
        'errored',
        [],
        /Cannot find module 'nope'/,
      ],
      [
        'thrown after its test had ended',
        `require('node:test').test('a', () => { setTimeout(() => { throw new Error('late'); }, 5); });
         require('node:test').test('b', (t, done) => { setTimeout(done, 50); });`,
        'errored',
        ['a: passed', 'b: passed'],
        /after the test ended[^]+"Error: late"[^]+\n +at /,
      ],
      [
        'a rejection that nobody handled',
        `setTimeout(() => { Promise.reject(new Error('lost')); }, 20);
         require('node:test').test('b', (t, done) => { setTimeout(done, 60); });`,
        'errored',
        ['b: passed'],
        /"Error: lost"/,
      ],
      [
        'a root hook that fails',
        `const { after, test } = require('node:test'); after(() => { throw new Error('root'); }); test('a', () => {});`,
        'errored',
        ['a: passed'],
        /^root hook failed: Error: root/,
      ],
      ['no test, exit status 0', '', 'passed', ['test.js: passed'], null],
      [
        'no test, a failed assertion',
        `require('node:assert').ok(false);`,
        'failed',
        ['test.js: failed'],
        null,
      ],
      ['no test, process.exit(3)', 'process.exit(3);', 'failed', ['test.js: failed'], null],
      [
        'no test, the exit status set at the last moment',
        `process.on('exit', () => { process.exitCode = 4; });`,
        'failed',
        ['test.js: failed'],
        null,
      ],
      [
        'no test, an error that the file handles itself',
        `process.on('uncaughtException', () => {}); throw new Error('handled');`,
        'passed',
        ['test.js: passed'],
        null,
      ],
      [
        'an empty suite',
        `require('node:test').describe('nothing', () => {});`,
        'no-tests',
        [],
        null,
      ],
    ];
    testEnds(ends, async (source, check) => await runs({ 'test.js': source }, check));

    test('a top-level await that never settles fails the file', async () => {
      await runs({ 'test.mjs': 'await new Promise(() => {});' }, (run) => {
        assert.equal(run.outcome, 'failed', run.reason);
        assert.match(run.tests[0]?.message ?? '', /exit status 13 \(a top-level await/);
      });
    });

    test('children and threads of a test report nothing, and inherit none of our options', async () => {
      await runs(
        {
          'test.js': `
const { test } = require('node:test');
const { fork } = require('node:child_process');
const { Worker } = require('node:worker_threads');
test('has company', async () => {
  const [code] = await require('node:events').once(fork('./child.js'), 'exit');
  require('node:assert').equal(code, 0);
  await require('node:events').once(new Worker('./child.js'), 'exit');
});
`,
          'child.js': `
const { test } = require('node:test');
const ours = process.execArgv.filter((option) => /import|test-/.test(option));
// A thread's options are the process's own.
if (require('node:worker_threads').isMainThread) require('node:assert').deepEqual(ours, []);
test('of the child', () => {});
`,
        },
        (run) => {
          assert.deepEqual(short(run.tests), ['has company: passed']);
          assert.equal(run.outcome, 'passed', run.reason);
        },
      );
    });

    test('a thread that a preload starts before us does not take our place', async () => {
      await runs(
        {
          'preload.cjs': `
const { isMainThread, Worker } = require('node:worker_threads');
if (isMainThread) {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  new Worker('./worker.cjs', { workerData: flag });
  Atomics.wait(flag, 0, 0);
}
`,
          'worker.cjs': `
const { workerData } = require('node:worker_threads');
Atomics.store(workerData, 0, 1);
Atomics.notify(workerData, 0);
`,
          'test.js': `require('node:test').test('a', () => {});`,
        },
        (run) => assert.deepEqual(short(run.tests), ['a: passed']),
        'node -r ./preload.cjs --test test.js',
      );
    });

    test('the options and the environment of the script are kept', async () => {
      await runs(
        {
          'preload.cjs': 'globalThis.preloaded = true;',
          'node_modules/.bin/own-tool': '',
          'unit/a.js': `
const { test } = require('node:test');
test('wanted', () => {
  require('node:assert').deepEqual(
    [globalThis.preloaded, process.env.COLOUR, process.env.NODE_TEST_CONTEXT, process.cwd(), process.argv.length],
    [true, 'green', undefined, __dirname.slice(0, -5), 2],
  );
  require('node:assert').ok(process.env.PATH.includes(process.cwd() + '/node_modules/.bin'));
});
test('other', () => { throw new Error('filtered by the script'); });
`,
        },
        (run) => {
          assert.equal(run.outcome, 'passed', run.tests[0]?.message ?? run.reason);
          assert.equal(run.tests[0]?.name, 'wanted');
        },
        'npm run build; COLOUR=green node -r ./preload.cjs --test --test-concurrency=1 --test-reporter=tap --test-name-pattern wanted unit/a.js',
      );
    });

    test('a test that replaces what reports is still reported', async () => {
      await runs(
        {
          'test.js': `
const fs = require('node:fs');
const { test } = require('node:test');
test('breaks', () => {
  fs.writeSync = () => { throw new Error('replaced'); };
  require('node:module').syncBuiltinESMExports();
  globalThis.performance.now = () => NaN;
});
test('goes on', () => {});
`,
        },
        (run) => assert.deepEqual(short(run.tests), ['breaks: passed', 'goes on: passed']),
      );
    });

    test('TypeScript runs where this node runs it', { skip: major < 23 }, async () => {
      await runs(
        {
          'a.test.ts': `import { test } from 'node:test'; const n: number = 1; test('typed ' + n, () => {});`,
        },
        (run) => assert.deepEqual(short(run.tests), ['typed 1: passed']),
      );
    });
  });
}
