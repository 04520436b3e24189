import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hasModules } from '../../frameworks/pytest/python-suite.ts';
import { outcomes, readReport, shellProject } from '../project.ts';
import { runBin } from '../run-bin.ts';

const noPytest = !(await hasModules(['pytest'])) && 'no pytest';

/** Sees for itself that it is armed, and what it starts is not. */
const TEST = `
import os, signal, subprocess, sys

CAUGHT = """
import os
caught = [line for line in open('/proc/self/status') if line.startswith('SigCgt')][0].split()[1]
names = [os.readlink(f'/proc/self/fd/{fd}') for fd in os.listdir('/proc/self/fd') if os.path.exists(f'/proc/self/fd/{fd}')]
print(bool(int(caught, 16) >> 56 & 1), sum('memfd:pindown' in name for name in names))
"""

def seen_by_itself():
    caught = [line for line in open('/proc/self/status') if line.startswith('SigCgt')][0].split()[1]
    fds = ['/proc/self/fd/' + fd for fd in os.listdir('/proc/self/fd')]
    names = [os.readlink(fd) for fd in fds if os.path.islink(fd)]
    return bool(int(caught, 16) >> 56 & 1), sum('memfd:pindown' in name for name in names)

def test_it_is_armed():
    assert seen_by_itself() == (True, 1)

def test_what_it_starts_is_not():
    assert subprocess.check_output([sys.executable, '-c', CAUGHT], text=True) == 'False 0\\n'

def test_no_signal_has_a_handler_of_python():
    assert signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGUSR2) is signal.SIG_DFL
`;

describe('an attempt of pytest', { concurrency: true, skip: noPytest }, () => {
  for (const [how, settings] of [
    ['forked', ''],
    ['started anew', '[isolation]\nhome = true\n'],
  ] as const) {
    test(`${how}, can be asked for its stacks, and nothing else is changed`, async () => {
      const dir = shellProject({
        'pindown.toml': settings,
        'pytest.ini': '[pytest]\n',
        'test_a.py': TEST,
      });
      const { stdout } = await runBin(dir, ['run', '--out', 'out', '--retries', '0']);
      const report = readReport(join(dir, 'out', 'report.json'));
      assert.deepEqual(outcomes(report), { 'test_a.py': 'passed' }, stdout);
    });
  }
});
