import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hasModules, type SuiteOptions, withSuite } from './python-suite.ts';

/** Leaves a file beside itself when it is imported, which listing must not do. */
const TELLTALE = "open(__file__ + '.imported', 'w').close()\ndef test_one(): pass\n";

const installed = await hasModules(['pytest']);

async function listed(
  files: Readonly<Record<string, string>>,
  expected: readonly string[],
  options: SuiteOptions = {},
): Promise<void> {
  await withSuite(
    files,
    async (suite) => {
      const units = await suite.list();
      assert.deepEqual(
        units.map((unit) => unit.path),
        expected,
      );
      for (const unit of units) {
        assert.equal(unit.id, `py:${unit.path}`);
        assert.equal(unit.file, join(suite.dir, unit.path));
        assert.ok(!existsSync(`${unit.file}.imported`), `${unit.path} was imported`);
      }
    },
    options,
  );
}

describe(
  'the files that pytest itself would run',
  { skip: !installed && 'no pytest' },
  async () => {
    test('none of them imported, but for conftest.py', async () => {
      await listed(
        {
          'pytest.ini': '[pytest]\n',
          'tests/conftest.py': '',
          'tests/test_a.py': TELLTALE,
          'tests/b_test.py': TELLTALE,
          'tests/deep/__init__.py': '',
          'tests/deep/test_größe.py': TELLTALE,
          'tests/helper.py': TELLTALE,
          'build/test_no.py': TELLTALE,
        },
        ['tests/b_test.py', 'tests/deep/test_größe.py', 'tests/test_a.py'],
      );
    });

    test('by testpaths, python_files, norecursedirs and addopts', async () => {
      await listed(
        {
          'pyproject.toml': `[tool.pytest.ini_options]
testpaths = ["spec", "more"]
python_files = ["*_spec.py"]
norecursedirs = ["fixtures"]
addopts = "--ignore=spec/old_spec.py --ignore-glob=**/slow_*"
`,
          'spec/a_spec.py': TELLTALE,
          'spec/old_spec.py': TELLTALE,
          'spec/slow_spec.py': TELLTALE,
          'spec/test_a.py': TELLTALE,
          'spec/fixtures/b_spec.py': TELLTALE,
          'more/c_spec.py': TELLTALE,
          'd_spec.py': TELLTALE,
        },
        ['more/c_spec.py', 'spec/a_spec.py'],
      );
    });

    test('by the hooks and lists of conftest.py', async () => {
      await listed(
        {
          'pytest.ini': '[pytest]\n',
          'conftest.py': `
import pytest
collect_ignore = ['test_ignored.py']
collect_ignore_glob = ['*_py2.py']
class Case(pytest.Item):
    def runtest(self): pass
class Cases(pytest.File):
    def collect(self):
        open(str(self.fspath) + '.imported', 'w').close()
        yield Case.from_parent(self, name='case')
def pytest_collect_file(parent, file_path):
    if file_path.suffix == '.case':
        return Cases.from_parent(parent, path=file_path)
`,
          'test_a.py': TELLTALE,
          'test_ignored.py': TELLTALE,
          'test_b_py2.py': TELLTALE,
          'data/x.case': '',
          'data/x.txt': '',
        },
        ['data/x.case', 'test_a.py'],
      );
    });

    test('doctests in modules and in text', async () => {
      await listed(
        {
          'pytest.ini': '[pytest]\naddopts = --doctest-modules --doctest-glob=*.md\n',
          'src/module.py': TELLTALE,
          'test_a.py': TELLTALE,
          'guide.md': '>>> 1 + 1\n2\n',
          'notes.txt': '>>> 1 + 1\n3\n',
        },
        ['guide.md', 'src/module.py', 'test_a.py'],
      );
    });

    test('by the arguments: directories, files, single tests', async () => {
      await listed(
        {
          'pytest.ini': '[pytest]\n',
          'a/test_a.py': TELLTALE,
          'b/test_b.py': TELLTALE,
          'b/odd_name.py': TELLTALE,
          'c/test_c.py': TELLTALE,
        },
        ['a/test_a.py', 'b/odd_name.py', 'c/test_c.py'],
        { args: ['-k', 'one', 'a', 'b/odd_name.py', 'c/test_c.py::test_one'] },
      );
    });

    const noCoverage = !(await hasModules(['pytest', 'pytest_cov'], '/usr/bin')) && 'no pytest-cov';
    test('and how to have the coverage of all of them', { skip: noCoverage }, async () => {
      await withSuite(
        { 'pytest.ini': '[pytest]\n', 'test_a.py': TELLTALE, '.coverage': 'the last run’s' },
        async (suite) => {
          await suite.list();
          assert.match(suite.said.join(), /coverage combine/);
          assert.equal(await readFile(join(suite.dir, '.coverage'), 'utf8'), 'the last run’s');
        },
        { path: '/usr/bin', args: ['-p', 'pytest_cov', '--cov=.'] },
      );
    });

    test('none where there are none', async () => {
      await listed({ 'pytest.ini': '[pytest]\n' }, []);
    });

    test('started as the project starts it', async () => {
      const files = {
        'pytest.ini': '[pytest]\n',
        'tests/conftest.py': 'import package\n',
        'package.py': '',
        'tests/test_a.py': TELLTALE,
      };
      await listed({ ...files, Makefile: '\tpython -m pytest\n' }, ['tests/test_a.py']);
      await assert.rejects(listed(files, []), { code: 'pytest-usage' });
    });
  },
);

describe('an error says what pytest said', { skip: !installed && 'no pytest' }, () => {
  const cases: readonly [
    why: string,
    files: Readonly<Record<string, string>>,
    code: string,
    message: RegExp,
  ][] = [
    [
      'a conftest.py that fails',
      { 'conftest.py': 'raise RuntimeError("no database")' },
      'pytest-usage',
      /no database/,
    ],
    [
      'a conftest.py below that fails',
      { 'pytest.ini': '[pytest]\n', 'a/b/conftest.py': 'import nowhere', 'a/b/test_a.py': '' },
      'pytest-list-failed',
      /nowhere/,
    ],
    [
      'a hook that ends it',
      {
        'conftest.py': 'import pytest\ndef pytest_sessionstart(): pytest.exit("no server")\n',
        'test_a.py': '',
      },
      'pytest-list-failed',
      /no server/,
    ],
    [
      'an unknown option',
      { 'pytest.ini': '[pytest]\naddopts = --no-such-option\n' },
      'pytest-usage',
      /--no-such-option/,
    ],
    [
      'broken TOML',
      { 'pyproject.toml': '[tool.pytest.ini_options]\nbroken = = 1\n' },
      'pytest-usage',
      /pyproject\.toml/,
    ],
  ];
  for (const [why, files, code, message] of cases) {
    test(why, async () => {
      await withSuite(files, async (suite) => {
        await assert.rejects(suite.list(), { name: 'PindownError', code, message });
      });
    });
  }

  test('no Python has pytest', async () => {
    await withSuite(
      { 'pytest.ini': '[pytest]\n' },
      async (suite) => {
        await assert.rejects(suite.list(), { code: 'pytest-missing', exitCode: 2 });
      },
      { env: { PATH: '' } },
    );
  });
});
