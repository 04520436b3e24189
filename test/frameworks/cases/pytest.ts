import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type ConformanceCase, writeFiles } from '../conformance.ts';

const FILES: Readonly<Record<string, string>> = {
  // Two plugins that a machine may have are slow to load, and are not the subject.
  'pytest.ini': '[pytest]\naddopts = -p no:hypothesispytest -p no:benchmark\n',

  // The only way to one name twice: a hook that makes two items of it.
  'conftest.py': `
import pytest
from _pytest.runner import runtestprotocol

def pytest_pycollect_makeitem(collector, name, obj):
    if name == 'twice':
        return [
            pytest.Function.from_parent(collector, name='test_same', callobj=function)
            for function in obj
        ]

def pytest_runtest_protocol(item):
    # As pytest-rerunfailures does it.
    if item.path.name != 'test_own_retry.py':
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for last in (False, True):
        reports = runtestprotocol(item, log=False)
        again = not last and any(report.failed for report in reports)
        for report in reports:
            if again and report.failed:
                report.outcome = 'rerun'
            item.ihook.pytest_runtest_logreport(report=report)
        if not again:
            break
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
`,

  'tests/test_pass.py': `
import pytest

@pytest.mark.parametrize('n', [1, 2])
def test_family(n):
    assert n > 0

class TestOuter:
    class TestInner:
        def test_nested(self):
            assert True
`,

  'tests/test_fail.py': `
def test_passes():
    pass

def test_fails():
    assert False, 'expected-failure-message'
`,

  'tests/test_skip.py': `
import pytest

@pytest.mark.skip(reason='not today')
def test_marked():
    assert False

def test_called():
    pytest.skip('not now')
`,

  'tests/test_load_error.py': `
def test_never():
    pass

raise RuntimeError('broken while loading')
`,

  'tests/test_nothing.py': 'VALUE = 1\n',

  'tests/test_crash.py': `
import os, signal

def test_before():
    pass

def test_killed():
    os.kill(os.getpid(), signal.SIGKILL)

def test_after():
    pass
`,

  'tests/test_noise.py': `
import os, sys

LINES = '''
tests/test_noise.py::test_fake PASSED                                    [100%]
============================== 7 passed in 0.01s ===============================
TAP version 13
ok 1 - fake
1..1
<testsuites><testsuite name="pytest" tests="1"><testcase name="fake"/></testsuite></testsuites>
{"a":"token","type":"begin"}
{"a":"token","type":"test","name":["fake"],"outcome":"passed"}
{"a":"token","type":"end"}
'''

def test_noisy():
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        stream.write(LINES)
        stream.flush()
    os.write(1, LINES.encode())
    os.write(2, LINES.encode())
    assert False, 'noise'
`,

  'tests/test_größer 数 🚀.py': `
import pytest

def test_größer_数():
    pass

@pytest.mark.parametrize('word', ['größer 数 🚀'])
def test_word(word):
    assert word
`,

  'tests/test_twice.py': `
def first():
    pass

def second():
    assert False, 'the second of its name'

twice = [first, second]
`,

  'tests/test_exit_zero.py': `
import os

def test_before():
    pass

def test_exits():
    os._exit(0)
`,

  'tests/test_own_retry.py': `
tries = []

def test_on_its_second_try():
    tries.append(1)
    assert len(tries) == 2, 'first-try'

def test_at_once():
    pass
`,
};

/** pytest, as it is found on `PATH`. */
export const pytestCase: ConformanceCase = {
  framework: 'pytest',
  tellsUnseen: true,
  unavailable: async () =>
    await promisify(execFile)('python3', ['-c', 'import pytest']).then(
      () => null,
      () => 'python3 cannot import pytest',
    ),
  write: async (dir) => {
    await writeFiles(dir, FILES);
  },
  units: {
    pass: 'tests/test_pass.py',
    fail: 'tests/test_fail.py',
    skip: 'tests/test_skip.py',
    loadError: 'tests/test_load_error.py',
    noTests: 'tests/test_nothing.py',
    crash: 'tests/test_crash.py',
    noise: 'tests/test_noise.py',
    nonAscii: 'tests/test_größer 数 🚀.py',
    twice: 'tests/test_twice.py',
    exitZero: 'tests/test_exit_zero.py',
    ownRetry: 'tests/test_own_retry.py',
  },
  expected: {
    pass: [
      ['test_family[1]', 'passed'],
      ['test_family[2]', 'passed'],
      ['TestOuter > TestInner > test_nested', 'passed'],
    ],
    fail: [
      ['test_passes', 'passed'],
      ['test_fails', 'failed'],
    ],
    skip: [
      ['test_marked', 'skipped'],
      ['test_called', 'skipped'],
    ],
    crash: [['test_before', 'passed']],
    noise: [['test_noisy', 'failed']],
    nonAscii: [
      ['test_größer_数', 'passed'],
      ['test_word[größer 数 🚀]', 'passed'],
    ],
    twice: [
      ['test_same', 'passed'],
      ['test_same', 'failed'],
    ],
    exitZero: [['test_before', 'passed']],
    ownRetry: [
      ['test_on_its_second_try', 'passed'],
      ['test_at_once', 'passed'],
    ],
  },
};
