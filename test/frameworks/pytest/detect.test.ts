import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PindownError } from '../../../src/core/errors.ts';
import { detect } from '../../../src/frameworks/pytest/detect.ts';
import { installExecutable } from '../../../src/retry/install-executable.ts';
import { withDirectory, writeFiles } from '../conformance.ts';

type Files = Readonly<Record<string, string>>;

describe('what says that pytest runs there', () => {
  const cases: readonly [files: Files, strength: 1 | 2, because: string][] = [
    [{ 'pytest.ini': '' }, 2, 'pytest.ini'],
    [{ '.pytest.toml': '' }, 2, '.pytest.toml'],
    [
      { 'pyproject.toml': '[tool.pytest.ini_options]\n' },
      2,
      'pyproject.toml has [tool.pytest.ini_options]',
    ],
    [
      { 'pyproject.toml': '[tool.pytest]\nminversion = "9"\n' },
      2,
      'pyproject.toml has [tool.pytest]',
    ],
    [
      { 'pyproject.toml': 'broken = = \n[tool.pytest.ini_options]\n' },
      2,
      'pyproject.toml has [tool.pytest.ini_options]',
    ],
    [{ 'tox.ini': '[tox]\n[pytest]\n' }, 2, 'tox.ini has [pytest]'],
    [{ 'setup.cfg': '[tool:pytest]\naddopts = -q\n' }, 2, 'setup.cfg has [tool:pytest]'],
    [{ 'conftest.py': '' }, 2, 'conftest.py'],
    [{ 'tests/conftest.py': '' }, 2, 'tests/conftest.py'],
    [{ 'tests/test_a.py': '' }, 1, 'tests/test_a.py'],
    [{ 'test/a_test.py': '' }, 1, 'test/a_test.py'],
    [{ 'test_a.py': '' }, 1, 'test_a.py'],
  ];
  for (const [files, strength, because] of cases) {
    test(Object.entries(files).flat().join(': '), async () => {
      await withFiles(files, async (dir) => {
        const found = await detect({ dir, env: {}, forced: false });
        assert.deepEqual([found?.strength, found?.because], [strength, because]);
      });
    });
  }

  for (const files of [
    { 'README.md': 'pytest' },
    { 'pyproject.toml': '[tool.ruff]\n' },
    { 'pyproject.toml': 'tool = "hammer"\n' },
    { 'tox.ini': '[testenv]\ndeps = pytest\n' },
    { 'setup.cfg': '# [tool:pytest]\n' },
    { 'tests/testing.py': '' },
  ] satisfies readonly Files[]) {
    test(`not ${Object.entries(files).flat().join(': ')}`, async () => {
      await withFiles(files, async (dir) => {
        assert.equal(await detect({ dir, env: {}, forced: false }), null);
      });
    });
  }
});

describe('how the project starts pytest', () => {
  const cases: readonly [file: string, text: string, way: string][] = [
    ['Makefile', 'test:\n\tpython3 -m pytest tests\n', 'module'],
    ['tox.ini', '[testenv]\ncommands = {envpython} -m pytest\n', 'module'],
    ['noxfile.py', 'session.run("python", "-m", "pytest", "-q")\n', 'module'],
    ['.github/workflows/ci.yml', '      - run: python -m pytest\n', 'module'],
    [
      '.github/workflows/ci.yml',
      '      - run: python -m pip install pytest && pytest\n',
      'command',
    ],
    ['Makefile', 'test:\n\tpytest\n', 'command'],
  ];
  for (const [file, text, way] of cases) {
    test(`${file}: ${text.trim()}`, async () => {
      await withFiles({ 'pytest.ini': '', [file]: text }, async (dir) => {
        const found = await detect({ dir, env: {}, forced: false });
        assert.equal(found?.data['way'], way);
        assert.equal(
          found.because,
          way === 'module'
            ? `pytest.ini, started as python -m pytest like in ${file}`
            : 'pytest.ini',
        );
      });
    });
  }
});

describe('where the user named pytest', () => {
  test('no sign is needed', async () => {
    await withFiles({}, async (dir) => {
      const found = await detect({ dir, env: { PATH: process.env['PATH'] ?? '' }, forced: true });
      assert.equal(found?.because, 'named by the user');
    });
  });

  test('no Python at all is an error with the way out', async () => {
    await withFiles({ 'pytest.ini': '' }, async (dir) => {
      await assert.rejects(
        detect({ dir, env: { PATH: dir }, forced: true }),
        (error) =>
          error instanceof PindownError &&
          error.code === 'pytest-missing' &&
          error.exitCode === 2 &&
          /pip install pytest/.test(error.hint ?? ''),
      );
    });
  });

  test('a Python without pytest is named', async () => {
    await withFiles({}, async (dir) => {
      const python = await installExecutable(dir, 'python3', '#!/bin/sh\nexit 1\n');
      await assert.rejects(detect({ dir, env: { PATH: dir }, forced: true }), {
        code: 'pytest-missing',
        message: `pytest is not there: asked ${python}`,
      });
    });
  });
});

async function withFiles(files: Files, body: (dir: string) => Promise<void>): Promise<void> {
  await withDirectory(async (dir) => {
    await writeFiles(dir, files);
    await body(dir);
  });
}
