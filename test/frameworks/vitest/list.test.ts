import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isPindownError } from './is-pindown-error.ts';
import { withVitestProject } from './with-project.ts';

const PASSES = `import { test } from 'vitest'; test('ok', () => {});`;

async function pathsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  let paths: readonly string[] = [];
  await withVitestProject(files, async ({ list }) => {
    paths = (await list()).map(({ path }) => path);
  });
  return paths;
}

describe('the files of a Vitest suite', () => {
  test('are those of its own globs where nothing is configured', async () => {
    const files = {
      'b.spec.tsx': PASSES,
      'a.test.ts': PASSES,
      'dist/c.test.ts': PASSES,
      'plain.ts': PASSES,
      '.git/d.test.ts': PASSES,
    };
    assert.deepEqual(await pathsOf(files), ['a.test.ts', 'b.spec.tsx', 'dist/c.test.ts']);
  });

  test('are those of its configuration and of the script’s arguments', async () => {
    const files = {
      'package.json': `{"type": "module", "scripts": {
        "test": "vitest --config conf/unit.ts unit --exclude '**/skip/**'"}}`,
      'conf/unit.ts': `
export default { test: { dir: 'src', include: ['**/*.check.ts'], exclude: ['**/old/**'] } };
`,
      'src/unit/a.check.ts': PASSES,
      'src/unit/old/b.check.ts': PASSES,
      'src/unit/skip/c.check.ts': PASSES,
      'src/other/d.check.ts': PASSES,
      'src/unit/e.test.ts': PASSES,
      'lib/unit/f.check.ts': PASSES,
    };
    assert.deepEqual(await pathsOf(files), ['src/unit/a.check.ts']);
  });

  test('come without being run', async () => {
    assert.deepEqual(await pathsOf({ 'a.test.ts': `throw new Error('ran');` }), ['a.test.ts']);
  });

  test('can’t be told where the configuration is broken: in Vitest’s own words', async () => {
    const files = {
      'vitest.config.ts': `throw new Error('config is broken');`,
      'a.test.ts': PASSES,
    };
    await assert.rejects(pathsOf(files), isPindownError('vitest-list-failed', /config is broken/));
  });

  test('are refused in browser mode', async () => {
    const files = {
      'vitest.config.ts': `
// A server that agrees to everything and does nothing.
const server = new Proxy({ plugins: [], then: undefined }, {
  get: (own, name) => (name in own ? own[name] : () => (/onfig|Deps/.test(String(name)) ? {} : server)),
});
const provider = { name: 'none', options: {}, serverFactory: () => server };
export default { test: { browser: { enabled: true, provider, instances: [{ browser: 'chrome' }] } } };
`,
      'a.test.ts': PASSES,
    };
    await assert.rejects(pathsOf(files), isPindownError('vitest-browser-mode', /browser mode/));
  });

  test('are refused of a Vitest that is too old or not there', async () => {
    const old = { 'node_modules/vitest/package.json': '{"name": "vitest", "version": "2.1.9"}' };
    await assert.rejects(pathsOf(old), isPindownError('vitest-too-old', /got 2\.1\.9/));
    const none = { 'node_modules/other/package.json': '{}' };
    await assert.rejects(pathsOf(none), isPindownError('vitest-missing', /not installed/));
  });
});
