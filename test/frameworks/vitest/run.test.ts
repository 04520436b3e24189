import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertNoneBegun, byName, outcomesOf, triesOf } from '../with-batch-project.ts';
import { withVitestProject } from './with-project.ts';

const PASSES = `import { test } from 'vitest'; test('ok', () => {});`;

describe('a batch of Vitest files', () => {
  test('runs exactly the files it is given, though their names begin alike', async () => {
    const broken = `import { test } from 'vitest'; test('ran', () => { throw new Error('ran'); });`;
    const files = { 't/x.test.ts': PASSES, 't/x.test.tsx': broken, 'other/t/x.test.ts': broken };
    await withVitestProject(files, async ({ run }) => {
      const batch = await run(['t/x.test.ts']);
      assert.deepEqual(outcomesOf(batch.of('t/x.test.ts')), [['ok', 'passed']]);
      assert.equal(batch.ending.exitCode, 0);
      assert.deepEqual(batch.of('t/x.test.ts').refused, []);
    });
  });

  test('says of every test what it came to, once, with message, difference and place', async () => {
    const file = `
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
describe('set up', () => {
  beforeAll(() => { throw new Error('in beforeAll'); });
  test('never', () => {});
});
describe('torn down', () => {
  afterAll(() => { throw new Error('in afterAll'); });
  test('inside', () => {});
});
test('in vain', { retry: 1 }, () => { throw new Error('in vain'); });
test.fails('expected to fail', () => { throw new Error('x'); });
test.fails('passes against expectation', () => {});
let runs = 0;
test('retried', { retry: 2 }, () => { if (runs++ < 1) throw new Error('first'); });
test.concurrent('slow', async () => await new Promise((resolve) => setTimeout(resolve, 50)));
test.concurrent('fast', async () => {});
test('skips itself', (context) => context.skip('not today'));
test('differs', () => {
  expect({ a: 1 }).toEqual({ a: 2 });
});
test('is caused', () => { throw new Error('outer', { cause: new Error('inner') }); });
test('throws text', () => { throw 'only text'; });
`;
    await withVitestProject({ 'all.test.ts': file }, async ({ run }) => {
      const collected = (await run(['all.test.ts'])).of('all.test.ts');
      assert.deepEqual(byName(collected), [
        ['differs', 'failed'],
        ['expected to fail', 'passed'],
        ['fast', 'passed'],
        ['in vain', 'failed'],
        ['is caused', 'failed'],
        ['passes against expectation', 'failed'],
        ['retried', 'passed'],
        ['set up > never', 'skipped'],
        ['skips itself', 'skipped'],
        ['slow', 'passed'],
        ['throws text', 'failed'],
        ['torn down > inside', 'passed'],
      ]);
      const { differs, ...named } = Object.fromEntries(
        collected.tests.map((result) => [result.name, result]),
      );
      assert.match(differs?.message ?? '', /^AssertionError: .*\n- Expected\n\+ Received\n/);
      assert.match(differs?.message ?? '', / {4}at .*all\.test\.ts:20:20$/);
      assert.deepEqual(differs?.location, { file: 'all.test.ts', line: 20, column: 20 });
      assert.equal(named['retried']?.location, null);
      assert.deepEqual(triesOf(collected), {
        'in vain 1': ['Error: in vain'],
        'retried 1': ['Error: first'],
      });
      assert.equal(named['in vain']?.message?.match(/Error: in vain/g)?.length, 1);
      assert.equal(named['skips itself']?.message, 'not today');
      assert.match(
        named['is caused']?.message ?? '',
        /^Error: outer\n.*\nCaused by: Error: inner\n/,
      );
      assert.doesNotMatch(named['is caused']?.message ?? '', /node_modules/);
      assert.match(named['throws text']?.message ?? '', /only text/);
      assert.deepEqual(
        collected.errors.map((error) => error.split('\n', 1)[0]),
        ['set up: Error: in beforeAll', 'torn down: Error: in afterAll'],
      );
      assert.deepEqual([collected.ended, collected.exitAgrees], [true, true]);
    });
  });

  test('lays dead workers and unhandled errors at the files that had them', async () => {
    const files = {
      'ok.test.ts': PASSES,
      'late.test.ts': `
import { test } from 'vitest';
test('passes', async () => {
  setTimeout(() => { throw new Error('nobody caught it'); }, 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
});
`,
      'killed.test.ts': `
import { test } from 'vitest';
test('dies', () => { process.kill(process.pid, 'SIGKILL'); });
`,
      'left.test.ts': `
import { test } from 'vitest';
test('leaves', () => { process.reallyExit(0); });
`,
    };
    await withVitestProject(files, async ({ run }) => {
      const batch = await run(Object.keys(files));
      assert.equal(batch.ending.exitCode, 1);
      const ok = batch.of('ok.test.ts');
      assert.deepEqual([ok.begun, ok.ended, ok.exitAgrees, ok.errors], [true, true, true, []]);
      const late = batch.of('late.test.ts');
      assert.deepEqual([late.ended, outcomesOf(late)], [true, [['passes', 'passed']]]);
      assert.equal(late.errors.length, 1);
      assert.match(late.errors[0] ?? '', /^Error: nobody caught it\n/);
      for (const [path, how] of [
        ['killed.test.ts', /^Error: Worker exited unexpectedly .*SIGKILL/],
        ['left.test.ts', /^Error: Worker exited unexpectedly .*exit code 0/],
      ] as const) {
        const dead = batch.of(path);
        assert.deepEqual([dead.begun, dead.ended], [true, false], path);
        assert.equal(dead.errors.length, 1, path);
        assert.match(dead.errors[0] ?? '', how);
      }
    });
  });

  test('runs a file of two projects under both and ends it after the last', async () => {
    const files = {
      'vitest.config.ts': `
export default { test: { projects: [
  { test: { name: 'slow', include: ['*.test.ts'], testTimeout: 10_000 } },
  { test: { name: 'strict', include: ['both.test.ts'], pool: 'threads' } },
  { test: { name: 'types', include: [], typecheck: { enabled: true, include: ['*.test-d.ts'] } } },
] } };
`,
      'tsconfig.json': `{"compilerOptions": {"strict": true, "module": "esnext",
        "moduleResolution": "bundler", "skipLibCheck": true}, "include": ["*.test-d.ts"]}`,
      'both.test.ts': PASSES,
      'one.test.ts': PASSES,
      'types.test-d.ts': `
import { expectTypeOf, test } from 'vitest';
test('right', () => { expectTypeOf(1).toEqualTypeOf<number>(); });
test('wrong', () => { expectTypeOf(1).toEqualTypeOf<string>(); });
`,
    };
    await withVitestProject(files, async ({ run, list }) => {
      const paths = (await list()).map(({ path }) => path);
      assert.deepEqual(paths, ['both.test.ts', 'one.test.ts', 'types.test-d.ts']);
      const batch = await run(paths);
      assert.deepEqual(byName(batch.of('both.test.ts')), [
        ['slow > ok', 'passed'],
        ['strict > ok', 'passed'],
      ]);
      assert.deepEqual(outcomesOf(batch.of('one.test.ts')), [['slow > ok', 'passed']]);
      assert.deepEqual(outcomesOf(batch.of('types.test-d.ts')), [
        ['types > right', 'passed'],
        ['types > wrong', 'failed'],
      ]);
      for (const path of paths) assert.equal(batch.of(path).ended, true, path);
    });
  });

  test('goes on after failures, without coverage and with Vitest’s own report alone', async () => {
    const two = `
import { test } from 'vitest';
test('one', () => { throw new Error('one'); });
test('two', () => { throw new Error('two'); });
`;
    const files = {
      'package.json': `{"type": "module", "scripts": {
        "test": "vitest --coverage --bail 1 --reporter json --outputFile out.json --shard 1/2"}}`,
      'vitest.config.ts': `
export default { test: {
  reporters: ['json'], outputFile: 'out.json', bail: 1, coverage: { enabled: true },
} };
`,
      'a.test.ts': two,
      'b.test.ts': two,
    };
    await withVitestProject(files, async ({ dir, run, list }) => {
      const paths = (await list()).map(({ path }) => path);
      assert.deepEqual(paths, ['a.test.ts', 'b.test.ts']);
      const batch = await run(paths);
      for (const path of paths) {
        assert.deepEqual(outcomesOf(batch.of(path)), [
          ['one', 'failed'],
          ['two', 'failed'],
        ]);
      }
      assert.match(batch.stdout, /Test Files .*2 failed/);
      assert.equal(existsSync(join(dir, 'out.json')), false);
    });
  });

  test('an exit status that says otherwise does not agree', async () => {
    const files = {
      'vitest.config.ts': `export default { test: { globalSetup: ['./setup.ts'] } };`,
      'setup.ts': 'export default () => () => { process.exitCode = 0; };',
      'a.test.ts': `import { test } from 'vitest'; test('bad', () => { throw new Error('x'); });`,
    };
    await withVitestProject(files, async ({ run }) => {
      const batch = await run(['a.test.ts']);
      assert.equal(batch.ending.exitCode, 0);
      assert.deepEqual(outcomesOf(batch.of('a.test.ts')), [['bad', 'failed']]);
      assert.equal(batch.of('a.test.ts').exitAgrees, false);
    });
  });

  test('what the project tells Vitest to ignore is no failure', async () => {
    const files = {
      'vitest.config.ts': 'export default { test: { dangerouslyIgnoreUnhandledErrors: true } };',
      'a.test.ts': `
import { test } from 'vitest';
test('ok', async () => {
  void Promise.reject(new Error('floating'));
  await new Promise((resolve) => setTimeout(resolve, 20));
});
`,
    };
    await withVitestProject(files, async ({ run }) => {
      const collected = (await run(['a.test.ts'])).of('a.test.ts');
      assert.deepEqual([collected.errors, collected.exitAgrees], [[], true]);
    });
  });

  test('a global set-up that fails is every file’s error, and none has begun', async () => {
    const files = {
      'vitest.config.ts': `export default { test: { globalSetup: ['./setup.ts'] } };`,
      'setup.ts': `export default () => { throw new Error('no database'); };`,
      'a.test.ts': PASSES,
      'b.test.ts': PASSES,
    };
    await withVitestProject(files, async ({ run }) => {
      const batch = await run(['a.test.ts', 'b.test.ts']);
      assertNoneBegun(batch, ['a.test.ts', 'b.test.ts'], /no database/);
    });
  });

  test('a file that Vitest no longer lists has not begun and says so', async () => {
    const files = { 'a.test.ts': PASSES, 'helper.ts': 'export {};' };
    await withVitestProject(files, async ({ run }) => {
      const batch = await run(['a.test.ts', 'helper.ts']);
      const { begun, errors } = batch.of('helper.ts');
      assert.equal(begun, false);
      assert.match(errors.join('\n'), /does not list .*helper\.ts/);
      assert.deepEqual(outcomesOf(batch.of('a.test.ts')), [['ok', 'passed']]);
      assert.equal(batch.ending.exitCode, 1);
    });
  });

  test('gives the tests the assignments and node options of the test script', async () => {
    const files = {
      'package.json': `{"type": "module", "scripts": {
        "test": "cross-env MODE_OF_TEST=strict node --expose-gc node_modules/vitest/vitest.mjs run"}}`,
      'vitest.config.ts': `
if (typeof gc !== 'function') throw new Error('no --expose-gc');
if (!process.argv.includes('run')) throw new Error('not what the command would see');
export default {};
`,
      'a.test.ts': `
import { expect, test } from 'vitest';
test('ok', () => expect(process.env.MODE_OF_TEST).toBe('strict'));
`,
    };
    await withVitestProject(files, async ({ run, list }) => {
      assert.equal((await list()).length, 1);
      assert.deepEqual(outcomesOf((await run(['a.test.ts'])).of('a.test.ts')), [['ok', 'passed']]);
    });
  });
});
