import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Detection, Suite } from '../../../src/frameworks/framework.ts';
import { detect } from '../../../src/frameworks/vitest/detect.ts';
import { startOf } from '../../../src/frameworks/vitest/start.ts';
import { linkNodeModules, withDirectory, writeFiles } from '../conformance.ts';
import { isPindownError } from './is-pindown-error.ts';

async function detectIn(
  files: Readonly<Record<string, string>>,
  { forced = false, installed = true } = {},
): Promise<Detection | null> {
  return await withDirectory(async (dir) => {
    await writeFiles(dir, files);
    if (installed) await linkNodeModules(dir);
    return await detect({ dir, env: { PATH: '/usr/bin' }, forced });
  });
}

function script(command: string): Record<string, string> {
  return { 'package.json': JSON.stringify({ scripts: { test: command } }) };
}

describe('detecting Vitest', () => {
  test('by the test script, whose arguments are kept but for the subcommand', async () => {
    for (const [command, args] of [
      ['vitest', []],
      ['vitest run', []],
      ['vitest --run --coverage', ['--run', '--coverage']],
      ['eslint . && vitest run --project unit src', ['--project', 'unit', 'src']],
      ['npx vitest watch', []],
    ] as const) {
      const detection = await detectIn(script(command));
      assert.equal(detection?.strength, 3, command);
      assert.deepEqual(detection?.args, args);
      assert.match(detection?.because ?? '', /package\.json runs "/);
      assert.match(detection?.version ?? '', /^\d+\.\d+\.\d+/);
    }
  });

  test('not by subcommands that run no tests', async () => {
    assert.equal(await detectIn(script('vitest bench')), null);
    assert.equal(await detectIn(script('vitest typecheck')), null);
  });

  test('names the commands that it does not take', async () => {
    const detection = await detectIn(script('vitest run a && vitest run b'));
    assert.deepEqual(detection?.args, ['a']);
    assert.match(detection?.because ?? '', /not taken: "vitest run b"/);
  });

  test('keeps what stands before the command', async () => {
    const detection = await detectIn(
      script(
        'TZ=UTC cross-env NODE_OPTIONS=--no-warnings node --expose-gc node_modules/.bin/vitest',
      ),
    );
    const suite: Suite = {
      name: 'vitest',
      framework: 'vitest',
      projectRoot: '/p',
      dir: '/p',
      args: [],
      env: {},
      version: null,
      data: detection?.data ?? {},
    };
    assert.deepEqual(startOf(suite), {
      nodeOptions: ['--expose-gc'],
      env: {
        PATH: '/p/node_modules/.bin:/node_modules/.bin:/usr/bin',
        TZ: 'UTC',
        NODE_OPTIONS: '--no-warnings',
      },
    });
  });

  test('by its configuration', async () => {
    const own = await detectIn({ 'vitest.config.mts': '' });
    assert.equal(own?.strength, 2);
    assert.equal(own?.because, 'vitest.config.mts is there');
    const vite = await detectIn({ 'vite.config.ts': 'export default { test: {} };' });
    assert.equal(vite?.strength, 2);
    assert.equal(await detectIn({ 'vite.config.ts': 'export default { plugins: [] };' }), null);
  });

  test('by a dependency', async () => {
    const detection = await detectIn({ 'package.json': '{"devDependencies": {"vitest": "^3"}}' });
    assert.equal(detection?.strength, 1);
    assert.equal(await detectIn({ 'package.json': '{}' }), null);
  });

  test('where it is named by the user, if it is there', async () => {
    assert.equal((await detectIn({}, { forced: true }))?.because, 'named by the user');
    await assert.rejects(
      detectIn({}, { forced: true, installed: false }),
      isPindownError('vitest-missing', /not installed/),
    );
  });
});
