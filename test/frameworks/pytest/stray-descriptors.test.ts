import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { plainEnvironment } from '../../plain-environment.ts';
import { withDirectory, writeFiles } from '../conformance.ts';
import { hasModules } from './python-suite.ts';

const PINDOWN = join(import.meta.dirname, '../../../bin/pindown.js');

const skip =
  process.platform !== 'linux' ? 'Linux only' : !(await hasModules(['pytest'])) && 'no pytest';

test('a fork has none of the descriptors that Pindown was started with', { skip }, () =>
  withDirectory(async (dir) => {
    await writeFiles(dir, {
      'pytest.ini': '[pytest]\n',
      'test_a.py': `
import os
def test_a():
    links = [os.readlink('/proc/self/fd/' + name) for name in os.listdir('/proc/self/fd') if name == '200']
    with open('found', 'w') as file: file.write(repr(links))
`,
    });
    const started = 'exec 200>stray; exec "$0" "$@"';
    const args = [process.execPath, PINDOWN, 'run', '--framework', 'pytest'];
    await promisify(execFile)('bash', ['-c', started, ...args], {
      cwd: dir,
      env: { ...plainEnvironment, PYTEST_DISABLE_PLUGIN_AUTOLOAD: '1' },
    });
    assert.equal(readFileSync(join(dir, 'found'), 'utf8'), '[]');
  }),
);
