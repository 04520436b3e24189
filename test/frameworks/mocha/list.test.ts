import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { withMocha } from './mocha-project.ts';

const TREE = [
  'a.spec.js',
  'test/a.js',
  'test/b.spec.js',
  'test/c.mjs',
  'test/d.cjs',
  'test/e.ts',
  'test/.f.js',
  'test/deeper/a.js',
  'test/deeper/b.spec.js',
  'test/deeper/deepest/b.spec.cjs',
  'src/a.js',
  'src/a.spec.js',
  'größer 数/a.js',
  'brackets[1]/a.js',
];

/** Writes its own path down; has one test, so that mocha is content. */
function witness(file: string): string {
  const write = `appendFileSync(process.env.WITNESS, ${JSON.stringify(`${file}\n`)})`;
  const body = file.endsWith('.mjs')
    ? `import { appendFileSync } from 'node:fs';\n${write};`
    : `require('node:fs').${write};`;
  return `${body}\nit('is run', () => {});\n`;
}

const FILES = Object.fromEntries(TREE.map((file) => [file, witness(file)]));

/** What the project's own command loads: its test files. */
function filesLoaded(
  script: string,
  root: string,
  env: Readonly<Record<string, string>>,
): string[] {
  const log = join(root, 'witness.log');
  try {
    execFileSync('sh', ['-c', script], {
      cwd: root,
      stdio: 'pipe',
      env: {
        ...env,
        WITNESS: log,
        PATH: `${join(root, 'node_modules/.bin')}:${env['PATH']}`,
      },
    });
  } catch (error) {
    if (!String(error).includes('No test files found')) throw error;
  }
  const loaded = existsSync(log) ? readFileSync(log, 'utf8') : '';
  return [...new Set(loaded.split('\n').filter((line) => line !== ''))].sort((a, b) =>
    a < b ? -1 : 1,
  );
}

async function listedAsLoaded(
  files: Readonly<Record<string, string>>,
  script: string,
): Promise<readonly string[]> {
  let listed: readonly string[] = [];
  await withMocha(
    { ...FILES, ...files },
    ({ root, project, units }) => {
      listed = units.map(({ path }) => path);
      assert.deepEqual(listed, filesLoaded(script, root, project.env));
    },
    script,
  );
  return listed;
}

describe('the files that mocha itself would load', () => {
  test('without arguments and configuration', async () => {
    assert.deepEqual(await listedAsLoaded({}, 'mocha'), [
      'test/a.js',
      'test/b.spec.js',
      'test/c.mjs',
      'test/d.cjs',
    ]);
  });

  test('a configuration and arguments are merged as mocha merges them', async () => {
    const config = JSON.stringify({
      spec: ['src/*.spec.js'],
      ignore: ['test/deeper/**'],
      recursive: true,
    });
    assert.deepEqual(
      await listedAsLoaded({ '.mocharc.json': config }, 'mocha test/a.js test/deeper'),
      ['src/a.spec.js', 'test/a.js'],
    );
  });

  test('nothing that matches is no unit', async () => {
    assert.deepEqual(await listedAsLoaded({}, "mocha 'nope/**/*.js'"), []);
  });

  test('any patterns and options', async () => {
    const spec = fc.constantFrom(
      'test',
      './test/',
      'src/a.js',
      "'**/*.spec.js'",
      "'{src,test}/**/a.js'",
      'test/*.js',
      'größer\\ 数',
      "'brackets[[]1]'",
      'nope.js',
    );
    const option = fc.constantFrom(
      '--recursive',
      '--extension js',
      '--extension cjs,mjs',
      "--ignore 'test/b*'",
      "--ignore './test/deeper/**'",
      '--parallel',
      '--reporter dot',
      '--jobs 2',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(option, { maxLength: 3 }),
        fc.uniqueArray(spec, { maxLength: 3 }),
        async (options, specs) => {
          await listedAsLoaded({}, ['mocha', ...options, ...specs].join(' '));
        },
      ),
      { numRuns: 8 },
    );
  });

  test('what --file names is loaded before each unit and is none itself', async () => {
    await withMocha(
      { 'test/setup.js': '', 'test/a.js': '' },
      ({ units }) =>
        assert.deepEqual(
          units.map(({ path }) => path),
          ['test/a.js'],
        ),
      'mocha --file test/setup.js test/',
    );
  });

  test("a configuration that mocha refuses is an error with mocha's own words", async () => {
    await assert.rejects(
      withMocha({ '.mocharc.json': '{"spec": ' }, () => assert.fail('was listed')),
      { code: 'mocha-list-failed', message: /\.mocharc\.json/ },
    );
  });
});
