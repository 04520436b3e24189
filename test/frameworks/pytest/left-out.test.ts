import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pytest } from '../../../src/frameworks/pytest/index.ts';
import { withSmallSuite } from '../suite-in.ts';
import { hasModules } from './python-suite.ts';

const installed = await hasModules(['pytest']);

/** What of the project changes after it was listed, so that pytest runs no test of the file. */
const LEFT_OUT: readonly (readonly [how: string, file: string, text: string])[] = [
  ['a conftest.py that ignores it', 'conftest.py', 'collect_ignore = ["tests/test_a.py"]\n'],
  ['a conftest.py that ignores its directory', 'conftest.py', 'collect_ignore = ["tests"]\n'],
  ['names that are no tests', 'pytest.ini', '[pytest]\npython_files = check_*.py\n'],
];

const FILES = {
  'pytest.ini': '[pytest]\n',
  'conftest.py': '',
  'tests/test_a.py': 'def test_adds(): pass\n',
};

const OPTIONS = {
  data: { pythons: ['python3'], way: 'module' },
  // The machine's own plugins are not the subject, and some are slow to load.
  env: { PYTEST_DISABLE_PLUGIN_AUTOLOAD: '1' },
};

describe('a file that the suite itself leaves out', { skip: !installed && 'no pytest' }, () => {
  for (const [how, file, text] of LEFT_OUT) {
    test(`by ${how}, was seen all the same`, async () => {
      await withSmallSuite(
        pytest,
        FILES,
        async (suite) => {
          await suite.list();
          await writeFile(join(suite.dir, file), text);
          const { unseen, tests, ending } = await suite.run();
          assert.equal(unseen, null);
          assert.deepEqual(tests, []);
          assert.equal(ending.exitCode, 5);
        },
        OPTIONS,
      );
    });
  }
});
