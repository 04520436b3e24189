import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { PindownError } from '../../../src/core/errors.ts';
import { nodeTest } from '../../../src/frameworks/node-test/index.ts';
import { nodes } from './nodes.ts';
import {
  detectProject,
  listContext,
  projectEnvironment,
  withDirectory,
  writeFiles,
} from '../conformance.ts';

/** Files whose names, places and extensions make them test files to some patterns and not to others. */
const TREE = [
  'test.js',
  'test-a.cjs',
  'a.test.mjs',
  'b_test.js',
  'c-test.ts',
  'd.test.jsx',
  'testing.js',
  'test/plain.js',
  'test/deeper/plain.mjs',
  'test/deeper/data.json',
  'tests/plain.js',
  'src/test/x.cts',
  'src/.hidden/e.test.js',
  'src/latest/f.js',
  'node_modules/dep/test/g.js',
  'src/node_modules/h.test.js',
  'größer 数/i.test.js',
  'brackets[1]/j.test.js',
];

/** Writes its own path down, then passes: it has no tests. */
function witness(file: string): string {
  const write = `appendFileSync(process.env.WITNESS, ${JSON.stringify(`${file}\n`)})`;
  return /\.c[jt]s$/.test(file)
    ? `require('node:fs').${write};`
    : `import { appendFileSync } from 'node:fs';\n${write};`;
}

const SCRIPTS = [
  'node --test',
  'node --test test.js tests/plain.js',
  "node --test 'src/**/*.js' 'test/**/*.mjs'",
  'node --test test/*.js nope/*.js',
  'node --test "{a,b}*test.*"',
];

for (const { path, version } of nodes()) {
  describe(`the files that node ${version} itself would run`, () => {
    for (const script of SCRIPTS) {
      test(script, async () => {
        await withDirectory(async (dir) => {
          const root = join(dir, 'project');
          const log = join(dir, 'witness');
          await writeFiles(root, {
            ...Object.fromEntries(TREE.map((file) => [file, witness(file)])),
            'package.json': JSON.stringify({ type: 'module', scripts: { test: script } }),
          });
          const env = { ...projectEnvironment(root), PATH: `${path}:${process.env['PATH']}` };
          const project = await detectProject(nodeTest, root, await scratchIn(dir), env);
          const listed = await listOrRefuse(project);
          const ran = await filesRun(script, root, log, env);
          assert.deepEqual(listed, ran);
        });
      });
    }
  });
}

async function scratchIn(dir: string): Promise<string> {
  const scratch = join(dir, 'scratch');
  await mkdir(scratch);
  return scratch;
}

/** The units' paths; null where listing says that a named file is missing. */
async function listOrRefuse(
  project: Awaited<ReturnType<typeof detectProject>>,
): Promise<readonly string[] | null> {
  try {
    return (await nodeTest.list(project.suite, listContext(project))).map(({ path }) => path);
  } catch (error) {
    if (error instanceof PindownError && error.code === 'test-file-missing') return null;
    throw error;
  }
}

/** What the project's own command runs; null where it refuses to. */
async function filesRun(
  script: string,
  root: string,
  log: string,
  env: Record<string, string>,
): Promise<readonly string[] | null> {
  await rm(log, { force: true });
  try {
    execFileSync('sh', ['-c', script], { cwd: root, env: { ...env, WITNESS: log }, stdio: 'pipe' });
  } catch (error) {
    if (String(error).includes('Could not find')) return null;
    // A file of the tree may fail where this node can't load it: it was run all the same.
  }
  const ran = await readFile(log, 'utf8').catch(() => '');
  return [...new Set(ran.split('\n').filter((line) => line !== ''))].sort((a, b) =>
    a < b ? -1 : 1,
  );
}

test('files outside of the suite directory are named from the root', async () => {
  await withDirectory(async (dir) => {
    await writeFiles(dir, { 'pkg/package.json': '{}', 'pkg/test/a.js': '' });
    const project = await detectProject(
      nodeTest,
      dir,
      await scratchIn(dir),
      projectEnvironment(dir),
      { data: {}, args: [] },
    );
    const suite = { ...project.suite, dir: join(dir, 'pkg'), args: ['test/a.js'] };
    const [unit] = await nodeTest.list(suite, listContext(project));
    assert.equal(unit?.path, 'pkg/test/a.js');
    assert.equal(relative(dir, unit.file ?? ''), 'pkg/test/a.js');
  });
});
