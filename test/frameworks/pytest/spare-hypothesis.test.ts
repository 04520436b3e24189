import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hasModules, withSuite } from './python-suite.ts';

const installed = await hasModules(['pytest']);

/** A plugin and a library that do what those of Hypothesis do, and say what was imported. */
const HYPOTHESIS = {
  'hypothesis/__init__.py': "open('imported', 'w').close()\n",
  'hypothesis/internal/__init__.py': '',
  'hypothesis/internal/observability.py': "_WROTE_TO = {'a file'}\nOTHER = 'the true one'\n",
};

function plugin(summary: string): string {
  return `
def pytest_terminal_summary(terminalreporter):
    from hypothesis.internal.observability import _WROTE_TO
    with open('written', 'w') as file: file.write(' '.join(_WROTE_TO))
${summary}
def pytest_unconfigure():
    import sys
    left = [name for name in sys.modules if name.startswith('hypothesis')]
    with open('left', 'w') as file: file.write(' '.join(sorted(left)))
`;
}

async function said(files: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  await withSuite(
    { 'test_a.py': 'def test_a(): pass\n', ...HYPOTHESIS, ...files },
    async (suite) => {
      const { ending, errors } = await suite.run('test_a.py');
      assert.deepEqual([ending.exitCode, errors], [0, []]);
      const textOf = (name: string): string => readFileSync(join(suite.dir, name), 'utf8');
      found['imported'] = existsSync(join(suite.dir, 'imported'));
      for (const name of ['written', 'left', 'other']) {
        if (existsSync(join(suite.dir, name))) found[name] = textOf(name);
      }
    },
    { env: { PYTHONPATH: '.', PYTEST_DISABLE_PLUGIN_AUTOLOAD: '1' } },
  );
  return found;
}

const ASKED = { 'pytest.ini': '[pytest]\naddopts = -p _hypothesis_pytestplugin\n' };

const TRUE_NAMES = 'hypothesis hypothesis.internal hypothesis.internal.observability';

describe('Hypothesis at the end of a session', { skip: !installed && 'no pytest' }, () => {
  test('is not imported where nobody has used it', async () => {
    assert.deepEqual(await said({ ...ASKED, '_hypothesis_pytestplugin.py': plugin('') }), {
      imported: false,
      written: '',
      left: '',
    });
  });

  test('is the true one where a test has used it', async () => {
    const found = await said({
      ...ASKED,
      '_hypothesis_pytestplugin.py': plugin(''),
      'test_a.py': 'import hypothesis\ndef test_a(): pass\n',
    });
    assert.deepEqual(found, { imported: true, written: 'a file', left: TRUE_NAMES });
  });

  test('is the true one for who asks for more than what was written', async () => {
    const asks = `
    from hypothesis.internal.observability import OTHER
    with open('other', 'w') as file: file.write(OTHER)
`;
    const found = await said({ ...ASKED, '_hypothesis_pytestplugin.py': plugin(asks) });
    assert.deepEqual(found, {
      imported: true,
      written: '',
      left: TRUE_NAMES,
      other: 'the true one',
    });
  });

  test('is met by nobody else at that time', async () => {
    const found = await said({
      ...ASKED,
      '_hypothesis_pytestplugin.py': plugin(''),
      'conftest.py': `
import pytest, sys
@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_terminal_summary():
    yield
    with open('other', 'w') as file:
        file.write(' '.join(name for name in sys.modules if name.startswith('hypothesis')))
@pytest.hookimpl(tryfirst=True, specname='pytest_terminal_summary')
def first():
    assert not any(name.startswith('hypothesis') for name in sys.modules)
`,
    });
    assert.deepEqual(found, { imported: false, written: '', left: '', other: '' });
  });

  test('is asked where its name alone was taken away', async () => {
    const found = await said({
      ...ASKED,
      '_hypothesis_pytestplugin.py': plugin(''),
      'test_a.py': `
import hypothesis.internal.observability, sys
def test_a(): del sys.modules['hypothesis']
`,
    });
    assert.equal(found['written'], 'a file');
  });

  test('is left alone where it is not the plugin that asks', async () => {
    const found = await said({
      'pytest.ini': '[pytest]\n',
      'conftest.py': plugin(''),
    });
    assert.deepEqual(found, { imported: true, written: 'a file', left: TRUE_NAMES });
  });
});
