import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { assertNoneBegun, byName, outcomesOf, triesOf } from '../with-batch-project.ts';
import { withJestProject } from './with-project.ts';

const PASSES = "test('ok', () => {});\n";

/** Jest uses workers, however fast the tests were the last time, where their memory is limited. */
const WORKERS = { transform: {}, workerIdleMemoryLimit: '4GB' };

function configured(jest: object, script = 'jest'): Readonly<Record<string, string>> {
  return {
    'package.json': JSON.stringify({ scripts: { test: script }, jest: { transform: {}, ...jest } }),
  };
}

function projectOf(displayName: string, match: string): object {
  return { displayName, transform: {}, testMatch: [`**/${match}`] };
}

function snapshotFile(keys: readonly string[]): string {
  const head = '// Jest Snapshot v1, https://jestjs.io/docs/snapshot-testing';
  return `${[head, ...keys.map((key) => `exports[\`${key}\`] = \`"x"\`;`)].join('\n\n')}\n`;
}

function noted(name: string): string {
  return `test('ok', () => require('node:fs').appendFileSync('order', '${name} '));\n`;
}

describe('a batch of Jest files', () => {
  test('runs exactly the files it is given, whatever the script names', async () => {
    const files = {
      ...configured({}, "jest --findRelatedTests=false a.test.js '[(]x[)]'"),
      'a.test.js': "test('ran', () => { throw new Error('ran'); });\n",
      '[id](x).test.js': PASSES,
    };
    await withJestProject(files, async ({ run }) => {
      const batch = await run(['[id](x).test.js']);
      assert.deepEqual(outcomesOf(batch.of('[id](x).test.js')), [['ok', 'passed']]);
      assert.equal(batch.ending.exitCode, 0);
      assert.deepEqual(batch.of('[id](x).test.js').refused, []);
    });
  });

  test('says of every test what it came to at last, once, with message and place', async () => {
    const file = `
jest.retryTimes(2, { retryImmediately: true });
let runs = 0;
test('retried', () => { if (runs++ < 1) throw new Error('first'); });
test('always', () => { throw new Error('always'); });
describe('set up', () => {
  beforeAll(() => { throw new Error('in beforeAll'); });
  test('never', () => {});
});
describe('torn down', () => {
  afterAll(() => { throw new Error('in afterAll'); });
  test('inside', () => {});
});
test.failing('expected to fail', () => { throw new Error('x'); });
test.concurrent('concurrent', async () => {});
test('differs', () => {
  expect({ a: 1 }).toEqual({ a: 2 });
});
`;
    await withJestProject({ 'all.test.js': file }, async ({ run }) => {
      const collected = (await run(['all.test.js'])).of('all.test.js');
      assert.deepEqual(outcomesOf(collected), [
        ['retried', 'passed'],
        ['always', 'failed'],
        ['set up > never', 'failed'],
        ['torn down > inside', 'passed'],
        ['expected to fail', 'passed'],
        ['concurrent', 'passed'],
        ['differs', 'failed'],
      ]);
      const differs = collected.tests.at(-1);
      assert.match(
        differs?.message ?? '',
        /^Error: expect\(received\)\.toEqual.*\n- {3}"a": 2,\n\+ {3}"a": 1,\n.*\n {4}at .*all\.test\.js/s,
      );
      assert.doesNotMatch(differs?.message ?? '', /jest-circus/);
      assert.deepEqual(differs?.location, { file: 'all.test.js', line: 17, column: 20 });
      assert.equal(collected.errors.length, 1);
      assert.match(collected.errors[0] ?? '', /^Error: in afterAll\n/);
      assert.deepEqual(triesOf(collected), {
        'retried 1': ['Error: first'],
        'always 1': ['Error: always', 'Error: always'],
        'differs 1': Array(2).fill('Error: expect(received).toEqual(expected) // deep equality'),
      });
      assert.deepEqual([collected.ended, collected.exitAgrees], [true, true]);
    });
  });

  test('tells what tests of one name had failed with before they were tried again', async () => {
    const file = `
jest.retryTimes(2);
let runs = 0;
test('same', () => { if (runs++ < 1) throw new Error('of the first'); });
test('same', () => { if (runs++ < 3) throw new Error('of the second'); });
`;
    await withJestProject({ 'a.test.js': file }, async ({ run }) => {
      const collected = (await run(['a.test.js'])).of('a.test.js');
      assert.deepEqual(triesOf(collected), {
        'same 1': ['Error: of the first'],
        'same 2': ['Error: of the second'],
      });
    });
  });

  test('believes the file’s result where a test that passed is failed by what it left', async () => {
    const file = `
test('late', () => { void Promise.reject(new Error('nobody caught it')); });
test('waits', async () => await new Promise((resolve) => setTimeout(resolve, 50)));
`;
    await withJestProject({ 'late.test.js': file }, async ({ run }) => {
      const collected = (await run(['late.test.js'])).of('late.test.js');
      assert.equal(collected.tests.length, 2);
      assert.ok(collected.tests.some(({ message }) => message?.includes('nobody caught it')));
      assert.deepEqual([collected.ended, collected.exitAgrees], [true, true]);
    });
  });

  test('lays a dead worker at its file, and goes on with the others', async () => {
    const files = {
      ...configured(WORKERS),
      'ok.test.js': PASSES,
      'killed.test.js': "test('dies', () => { process.kill(process.pid, 'SIGKILL'); });\n",
      'left.test.js': "test('leaves', () => { process.exit(3); });\n",
    };
    await withJestProject(files, async ({ run }) => {
      const batch = await run(['killed.test.js', 'left.test.js', 'ok.test.js']);
      assert.equal(batch.ending.exitCode, 1);
      const ok = batch.of('ok.test.js');
      assert.deepEqual([ok.begun, ok.ended, ok.exitAgrees, ok.errors], [true, true, true, []]);
      // The first line is the reason that people read.
      assert.match(batch.of('killed.test.js').errors[0] ?? '', /^A jest worker .* signal=SIGKILL/);
      assert.match(batch.of('left.test.js').errors.join('\n'), /4 child process exceptions/);
    });
  });

  test('that dies as a whole leaves what had not begun, and what was known of the rest', async () => {
    const files = {
      ...configured({}, 'jest --runInBand'),
      'killed.test.js': `
test('before', () => {});
test('dies', () => { process.kill(process.pid, 'SIGKILL'); });
`,
      'other.test.js': PASSES,
    };
    await withJestProject(files, async ({ run }) => {
      const batch = await run(['killed.test.js', 'other.test.js']);
      assert.equal(batch.ending.signal, 'SIGKILL');
      const killed = batch.of('killed.test.js');
      assert.deepEqual([killed.begun, killed.ended], [true, false]);
      assert.deepEqual(outcomesOf(killed), [['before', 'passed']]);
      const other = batch.of('other.test.js');
      assert.deepEqual([other.begun, other.ended, other.tests], [false, false, []]);
    });
  });

  test('runs its files in the order that it was given', async () => {
    const files = {
      ...configured({}, 'jest --runInBand'),
      'a.test.js': noted('a'),
      'b.test.js': `${noted('b')}// Jest itself begins with the longest file.\n`,
      'c.test.js': noted('c'),
    };
    await withJestProject(files, async ({ dir, run }) => {
      await run(['c.test.js', 'b.test.js', 'a.test.js']);
      await run(['a.test.js', 'c.test.js', 'b.test.js']);
      assert.equal(readFileSync(join(dir, 'order'), 'utf8'), 'c b a a c b ');
    });
  });

  test('runs a file of two projects under both and ends it after the last', async () => {
    const files = {
      'package.json': JSON.stringify({
        scripts: { test: 'jest' },
        jest: { projects: [projectOf('one', '*.test.js'), projectOf('two', 'both.test.js')] },
      }),
      'both.test.js': PASSES,
      'single.test.js': PASSES,
    };
    await withJestProject(files, async ({ run }) => {
      const batch = await run(['both.test.js', 'single.test.js']);
      assert.deepEqual(byName(batch.of('both.test.js')), [
        ['one > ok', 'passed'],
        ['two > ok', 'passed'],
      ]);
      assert.deepEqual(outcomesOf(batch.of('single.test.js')), [['one > ok', 'passed']]);
      assert.equal(batch.of('both.test.js').ended, true);
      assert.equal(batch.ending.exitCode, 0);
    });
  });

  test('goes on after failures, without coverage and with Jest’s own report alone', async () => {
    const two = `
test('one', () => { throw new Error('one'); });
test('two', () => { throw new Error('two'); });
`;
    const files = {
      ...configured(
        { bail: 1, coverageThreshold: { global: { lines: 100 } }, reporters: ['./none.js'] },
        'jest --coverage --bail --watchAll --json --outputFile=out.json',
      ),
      'none.js': "throw new Error('a reporter of the project is loaded');",
      'a.test.js': two,
      'b.test.js': two,
      'c.test.js': PASSES,
    };
    await withJestProject(files, async ({ dir, run }) => {
      const batch = await run(['a.test.js', 'b.test.js']);
      for (const path of ['a.test.js', 'b.test.js']) {
        assert.deepEqual(outcomesOf(batch.of(path)), [
          ['one', 'failed'],
          ['two', 'failed'],
        ]);
      }
      assert.match(stripVTControlCharacters(batch.stderr), /Test Suites: 2 failed, 2 total/);
      assert.equal(existsSync(join(dir, 'out.json')), false);
      assert.equal(existsSync(join(dir, 'coverage')), false);
      const passed = await run(['c.test.js']);
      assert.equal(passed.ending.exitCode, 0);
      assert.equal(passed.of('c.test.js').exitAgrees, true);
    });
  });

  test('a failure that the project wants no exit status for is a failure', async () => {
    const files = {
      ...configured({ testFailureExitCode: 0 }),
      'a.test.js': "test('fails', () => { throw new Error('no'); });\n",
    };
    await withJestProject(files, async ({ run }) => {
      const { ending, of } = await run(['a.test.js']);
      assert.deepEqual([ending.exitCode, of('a.test.js').exitAgrees], [1, true]);
    });
  });

  test('a global set-up that fails is every file’s error, and none has begun', async () => {
    const files = {
      ...configured({ globalSetup: './setup.js' }),
      'setup.js': "module.exports = () => { throw new Error('no database'); };",
      'a.test.js': PASSES,
      'b.test.js': PASSES,
    };
    await withJestProject(files, async ({ run }) => {
      const batch = await run(['a.test.js', 'b.test.js']);
      assertNoneBegun(batch, ['a.test.js', 'b.test.js'], /no database/);
    });
  });

  test('a snapshot that no test asks for any more fails its file, as it fails Jest', async () => {
    const file = "test('kept', () => { expect('x').toMatchSnapshot(); });\n";
    const files = {
      ...configured({}, 'jest --ci'),
      'a.test.js': file,
      'b.test.js': file,
      '__snapshots__/a.test.js.snap': snapshotFile(['gone 1', 'kept 1']),
      '__snapshots__/b.test.js.snap': snapshotFile(['kept 1']),
    };
    await withJestProject(files, async ({ run }) => {
      const batch = await run(['a.test.js', 'b.test.js']);
      assert.equal(batch.ending.exitCode, 1);
      const { errors, exitAgrees } = batch.of('a.test.js');
      assert.deepEqual([errors, exitAgrees], [['obsolete snapshot: gone 1'], true]);
      assert.deepEqual(batch.of('b.test.js').errors, []);
    });
  });

  test('gives the tests the assignments and node options of the test script', async () => {
    const files = {
      ...configured(
        {},
        'cross-env MODE_OF_TEST=strict node --experimental-vm-modules node_modules/jest/bin/jest.js',
      ),
      'a.test.js': `
test('ok', async () => {
  expect(process.env.MODE_OF_TEST).toBe('strict');
  expect(process.env.NODE_ENV).toBe('test');
  expect((await import('node:os')).EOL).toBe('\\n');
});
`,
    };
    await withJestProject(files, async ({ run }) => {
      assert.deepEqual(outcomesOf((await run(['a.test.js'])).of('a.test.js')), [['ok', 'passed']]);
    });
  });
});
