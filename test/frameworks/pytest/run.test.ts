import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { hasModules, type SuiteOptions, type UnitRun, withSuite } from './python-suite.ts';

/** The Pythons with a pytest that may be on a machine: one on `PATH`, and the distribution's. */
const PYTHONS: readonly (readonly [name: string, path?: string])[] = [
  ['python3 on PATH'],
  ['/usr/bin/python3', '/usr/bin'],
];

for (const [name, path] of PYTHONS) {
  const installed = await hasModules(['pytest'], path);
  const withPath = path === undefined ? {} : { path };

  async function runs(
    files: Readonly<Record<string, string>>,
    check: (run: UnitRun, dir: string) => unknown,
    options: SuiteOptions = {},
  ): Promise<void> {
    await withSuite(
      { 'pytest.ini': '[pytest]\n', ...files },
      async (suite) => {
        const file = Object.keys(files).find((candidate) => /test_|\.md$/.test(candidate)) ?? '';
        await check(await suite.run(file), suite.dir);
      },
      { ...withPath, ...options },
    );
  }

  describe(`a file under ${name}`, { skip: !installed && 'no pytest' }, () => {
    test('every way in which a test can end', async () => {
      await runs(
        {
          'test_ends.py': `
import pytest, unittest

@pytest.fixture
def broken(): raise RuntimeError('no set-up')

@pytest.fixture
def spoiled():
    yield
    raise RuntimeError('no teardown')

def test_passes(): pass
def test_fails(): assert 1 == 2, 'one is not two'
def test_setup(broken): pass
def test_teardown(spoiled): pass
def test_both(spoiled): assert False, 'failed first'
@pytest.mark.skip(reason='not today')
def test_skipped(): pass
def test_skips(): pytest.skip('not now')
@pytest.mark.xfail(reason='known')
def test_xfail(): assert False
def test_xfails(): pytest.xfail('also known')
@pytest.mark.xfail(reason='once known')
def test_xpass(): pass
@pytest.mark.xfail(reason='strictly', strict=True)
def test_xpass_strict(): pass
class TestGroup:
    class TestInner:
        @pytest.mark.parametrize('a,b', [(1, 'x::y'), (2, 'größe 数 🚀\\n\\\\')])
        def test_it(self, a, b): pass
class OldStyle(unittest.TestCase):
    def test_old(self): pass
    @unittest.skip('old')
    def test_old_skipped(self): pass
`,
        },
        (run) => {
          assert.deepEqual(run.errors, []);
          assert.deepEqual(run.refused, []);
          assert.deepEqual([run.begun, run.ended, run.exitAgrees], [true, true, true]);
          assert.equal(run.ending.exitCode, 1);
          const named = new Map(run.tests.map((result) => [result.name, result]));
          assert.deepEqual(
            run.tests.map((result) => [result.name, result.outcome]),
            [
              ['test_passes', 'passed'],
              ['test_fails', 'failed'],
              ['test_setup', 'errored'],
              ['test_teardown', 'errored'],
              ['test_both', 'failed'],
              ['test_skipped', 'skipped'],
              ['test_skips', 'skipped'],
              ['test_xfail', 'skipped'],
              ['test_xfails', 'skipped'],
              ['test_xpass', 'passed'],
              ['test_xpass_strict', 'failed'],
              ['TestGroup > TestInner > test_it[1-x::y]', 'passed'],
              ['TestGroup > TestInner > test_it[2-größe 数 🚀\\n\\\\]', 'passed'],
              ['OldStyle > test_old', 'passed'],
              ['OldStyle > test_old_skipped', 'skipped'],
            ],
          );
          for (const [failing, message] of [
            ['test_fails', /one is not two/],
            ['test_setup', /^setup failed:[^]*no set-up/],
            ['test_teardown', /^teardown failed:[^]*no teardown/],
            ['test_both', /failed first[^]*teardown failed:[^]*no teardown/],
            ['test_xpass_strict', /XPASS\(strict\).*strictly/],
          ] as const) {
            assert.match(named.get(failing)?.message ?? '', message);
          }
          assert.equal(named.get('test_passes')?.message, null);
          assert.equal(named.get('test_skipped')?.message, 'not today');
          assert.equal(named.get('test_skips')?.message, 'not now');
          assert.equal(named.get('test_xfail')?.message, 'xfail: known');
          assert.equal(named.get('test_xfails')?.message, 'xfail: also known');
          assert.equal(named.get('OldStyle > test_old_skipped')?.message, 'old');
          assert.deepEqual(named.get('test_fails')?.location, {
            file: 'test_ends.py',
            line: 13,
            column: null,
          });
          for (const result of run.tests) assert.equal(typeof result.durationMs, 'number');
        },
      );
    });

    test('only its own tests, by the rules of the whole suite', async () => {
      await runs(
        {
          'pkg/guide_test_.py': `
def test_looks_like_one():
    """
    >>> 1 + 1
    2
    """
`,
          'pkg/__init__.py': '',
          'pkg/test_other.py': 'raise RuntimeError("not this one")',
          'pkg/inner/conftest.py': 'raise RuntimeError("nor this")',
          'other/conftest.py': 'import nowhere',
        },
        (run) => {
          // A test function in a file that python_files does not name is none, with pytest alone.
          assert.deepEqual(
            run.tests.map((result) => [result.name, result.outcome]),
            [['pkg.guide_test_.test_looks_like_one', 'passed']],
          );
        },
        { args: ['--doctest-modules', '--ignore=other', '--ignore=pkg/inner'] },
      );
    });

    test('only those of its tests that the arguments name', async () => {
      await runs(
        {
          'test_a.py': 'def test_one(): pass\ndef test_two(): pass\n',
          'test_b.py': 'def test_b(): pass\n',
        },
        (run) => assert.deepEqual(namesOf(run), ['test_two']),
        { args: ['test_a.py::test_two', 'test_b.py'] },
      );
    });

    test('as part of its packages', async () => {
      await runs(
        {
          'pkg/test_a.py': 'import os\ndef test_one(): assert os.environ["PKG"] == "set up"\n',
          'pkg/__init__.py': 'import os\ndef setup_module(): os.environ["PKG"] = "set up"\n',
          'pkg/test_other.py': 'raise RuntimeError("not this one")',
        },
        (run) => {
          assert.deepEqual(namesOf(run), ['test_one']);
          assert.deepEqual([run.ending.exitCode, run.errors], [0, []]);
        },
      );
    });

    test('a file that fails while it is imported', async () => {
      await runs({ 'test_a.py': 'def test_one(): pass\nraise ValueError("broken")\n' }, (run) => {
        assert.deepEqual(run.tests, []);
        assert.equal(run.errors.length, 1);
        assert.match(run.errors[0] ?? '', /^test_a\.py: [^]*ValueError: broken/);
        assert.deepEqual([run.ended, run.exitAgrees, run.ending.exitCode], [true, true, 2]);
      });
    });

    test('a file that skips itself', async () => {
      await runs({ 'sub/test_a.py': 'import pytest\npytest.importorskip("nowhere")\n' }, (run) => {
        assert.deepEqual(
          run.tests.map((result) => [result.name, result.outcome]),
          [['test_a.py', 'skipped']],
        );
        assert.match(run.tests[0]?.message ?? '', /^could not import 'nowhere'/);
        assert.deepEqual([run.exitAgrees, run.ending.exitCode], [true, 5]);
      });
    });

    test('a file without a test', async () => {
      await runs({ 'test_a.py': '' }, (run) => {
        assert.deepEqual([run.tests, run.errors, run.exitAgrees], [[], [], true]);
      });
    });

    test('a run that a test ends with status 0 is no success', async () => {
      await runs(endingBy('os._exit(0)'), (run) => {
        assert.deepEqual(namesOf(run), ['test_one']);
        assert.deepEqual([run.begun, run.ended, run.ending.exitCode], [true, false, 0]);
      });
      await runs(endingBy('pytest.exit("enough", returncode=0)'), (run) => {
        assert.deepEqual(namesOf(run), ['test_one']);
        assert.match(run.errors[0] ?? '', /cut short: .*enough/);
        assert.equal(run.exitAgrees, false);
      });
    });

    test('a status that a hook makes of its own accord does not agree', async () => {
      const forged = 'def pytest_sessionfinish(session): session.exitstatus = 0\n';
      await runs({ 'conftest.py': forged, 'test_a.py': 'def test_one(): assert 0\n' }, (run) => {
        assert.deepEqual([run.ending.exitCode, run.exitAgrees], [0, false]);
      });
      const nonsense = 'def pytest_sessionfinish(session): session.exitstatus = 1\n';
      await runs({ 'conftest.py': nonsense, 'test_a.py': 'def test_one(): pass\n' }, (run) => {
        assert.deepEqual([run.ending.exitCode, run.exitAgrees], [1, false]);
      });
    });

    test('a hook that fails', async () => {
      const broken = 'def pytest_runtest_setup(item):\n    raise SystemError("in a hook")\n';
      const internal =
        'def pytest_runtest_logfinish(nodeid, location):\n    raise SystemError("in a hook")\n';
      await runs({ 'conftest.py': broken, 'test_a.py': 'def test_one(): pass\n' }, (run) => {
        assert.equal(run.tests[0]?.outcome, 'errored');
      });
      await runs({ 'conftest.py': internal, 'test_a.py': 'def test_one(): pass\n' }, (run) => {
        assert.match(run.errors[0] ?? '', /INTERNALERROR[^]*in a hook/);
        assert.deepEqual([run.ending.exitCode, run.exitAgrees], [3, true]);
      });
    });

    test('a refusal is kept in pytest’s own words', async () => {
      const late =
        'import os, pytest\n' +
        'def pytest_configure(config):\n' +
        '    if not config.option.collectonly: raise pytest.UsageError("no server")\n';
      await runs({ 'conftest.py': late, 'test_a.py': 'def test_one(): pass\n' }, (run) => {
        assert.match(run.errors[0] ?? '', /^pytest refused to begin:\n[^]*no server/);
        assert.deepEqual([run.ending.exitCode, run.exitAgrees], [4, true]);
      });
    });

    test('neither forked children nor closed descriptors disturb the channel', async () => {
      await runs(
        {
          'conftest.py': `
import os, pytest

@pytest.fixture(scope='session', autouse=True)
def patched():
    names = ('open', 'write', 'fstat', 'getpid')
    kept = {name: getattr(os, name) for name in names}
    for name in names: setattr(os, name, lambda *args, **kwargs: 1 / 0)
    yield
    for name in names: setattr(os, name, kept[name])
`,
          'test_a.py': `
import os
def test_fork(): # both go on through pytest to the end
    if os.fork(): os.wait()
def test_close(tmp_path_factory): # and the number goes to another file
    for name in os.listdir('/proc/self/fd'):
        link = f'/proc/self/fd/{name}'
        if os.path.lexists(link) and os.readlink(link).endswith('results.ndjson'):
            with open('other', 'w') as other: os.dup2(other.fileno(), int(name))
def test_last(): assert os.path.getsize('other') == 0
`,
        },
        (run) => {
          assert.deepEqual(namesOf(run), ['test_fork', 'test_close', 'test_last']);
          assert.deepEqual([run.refused, run.errors, run.ended], [[], [], true]);
        },
        { args: ['-s'] },
      );
    });

    test('tests see what they would see without us', async () => {
      await runs(
        {
          'test_a.py': `
import os, sys, multiprocessing
def child(queue): queue.put(sys.path[0])
def test_argv():
    assert sys.argv[1:] == ['-q', '--tb=short'], sys.argv
    assert os.path.basename(sys.argv[0]) == 'pytest'
def test_path():
    assert not any(os.path.exists(os.path.join(part, 'run.py')) for part in sys.path), sys.path
    assert sys.path.count(os.path.dirname(sys.executable)) == 1
    assert os.getcwd() not in sys.path[1:]
def test_environment():
    assert not [value for value in os.environ.values() if 'results' in value]
def test_spawn():
    context = multiprocessing.get_context('spawn')
    queue = context.Queue()
    process = context.Process(target=child, args=(queue,))
    process.start()
    assert queue.get(timeout=60)
    process.join()
    assert process.exitcode == 0
`,
        },
        (run) => {
          assert.deepEqual(
            run.tests.map((result) => result.message ?? result.outcome),
            ['passed', 'passed', 'passed', 'passed'],
          );
        },
        { args: ['-q', '--tb=short'] },
      );
    });

    test('a virtual environment in the project is used and active', async () => {
      await runs(
        {
          'test_a.py': `
import os, shutil, sys
def test_active():
    venv = os.path.join(os.getcwd(), '.venv')
    assert sys.prefix == venv == os.environ['VIRTUAL_ENV']
    assert shutil.which('python3') == os.path.join(venv, 'bin', 'python3')
`,
        },
        (run) => {
          const [result] = run.tests;
          assert.equal(result?.message ?? result?.outcome, 'passed');
        },
        {
          prepare: async (dir) => {
            const python = path === undefined ? 'python3' : join(path, 'python3');
            const options = ['--without-pip', '--system-site-packages'];
            await promisify(execFile)(python, ['-m', 'venv', ...options, join(dir, '.venv')]);
          },
        },
      );
    });

    test('a base directory is each process’s own', async () => {
      const file = `
def test_one(tmp_path): assert tmp_path.parts[-4:-2] == ('base', 'temp')
def test_two(request): assert request.config.option.xmlpath is None
`;
      await runs(
        { 'test_a.py': file },
        async (run, dir) => {
          assert.deepEqual(
            run.tests.map((result) => result.message ?? result.outcome),
            ['passed', 'passed'],
          );
          assert.ok(!(await readdir(dir)).includes('junit.xml'));
        },
        { args: ['--basetemp=base/temp', '--junitxml=junit.xml'] },
      );
    });

    test('a long message keeps its end', async () => {
      await runs(
        { 'test_a.py': 'def test_one(): assert False, "y" * 200_000 + "end"\n' },
        (run) => {
          const message = run.tests[0]?.message ?? '';
          assert.ok(message.length <= 65_536, String(message.length));
          assert.match(message, /characters left out[^]*end/);
        },
      );
    });
  });

  const plugin = async (module: string): Promise<false | string> =>
    !(await hasModules(['pytest', module], path)) && `no ${module}`;

  describe(`with plugins under ${name}`, async () => {
    test('pytest-xdist starts no workers', { skip: await plugin('xdist') }, async () => {
      await runs(
        {
          'test_a.py':
            'import os\ndef test_one(): assert "PYTEST_XDIST_WORKER" not in os.environ\n',
        },
        (run) => {
          assert.deepEqual(
            run.tests.map((result) => result.outcome),
            ['passed'],
          );
          assert.deepEqual([run.errors, run.exitAgrees], [[], true]);
        },
        { args: ['-p', 'xdist.plugin', '-n', '2'] },
      );
    });

    const reruns = { skip: (await plugin('pytest_rerunfailures')) || (await plugin('xdist')) };
    test('pytest-rerunfailures: a test is reported once, as it ended', reruns, async () => {
      await runs(
        {
          'test_a.py': `
tries = []
def test_second_try():
    tries.append(1)
    assert len(tries) > 1
def test_never(): assert False
`,
        },
        (run) => {
          assert.deepEqual(
            run.tests.map((result) => [result.name, result.outcome]),
            [
              ['test_second_try', 'passed'],
              ['test_never', 'failed'],
            ],
          );
        },
        { args: ['-p', 'xdist.plugin', '-p', 'pytest_rerunfailures', '--reruns=2'] },
      );
    });

    test(
      'pytest-cov measures without a threshold',
      { skip: await plugin('pytest_cov') },
      async () => {
        await runs(
          {
            'lib.py': 'def f():\n    return 1\n',
            'test_a.py': 'import lib\ndef test_one(): pass\n',
          },
          async (run, dir) => {
            assert.deepEqual([run.ending.exitCode, run.errors, run.exitAgrees], [0, [], true]);
            const left = (await readdir(dir)).filter((file) => file.startsWith('.coverage'));
            assert.match(left.join(), /^\.coverage\.[0-9a-f-]{36}$/);
          },
          {
            args: ['-p', 'pytest_cov', '--cov=lib', '--cov-fail-under=100'],
            env: { PYTHONPATH: '.' },
          },
        );
      },
    );

    const subtests = (await hasModules(['_pytest.subtests'], path)) || 'pytest_subtests';
    const noSubtests = subtests === true ? false : await plugin(subtests);
    test('subtests are tests inside their test', { skip: noSubtests }, async () => {
      await runs(
        {
          'test_a.py': `
import unittest
def test_many(subtests):
    for n in range(3):
        with subtests.test("number", n=n): assert n != 1, 'not one'
class Old(unittest.TestCase):
    def test_old(self):
        with self.subTest(n=1): self.fail('old')
`,
        },
        (run) => {
          const failed = run.tests.filter((result) => result.outcome === 'failed');
          assert.deepEqual(
            run.tests.slice(0, 3).map((result) => [result.name, result.outcome]),
            [
              ['test_many > [number] (n=0)', 'passed'],
              ['test_many > [number] (n=1)', 'failed'],
              ['test_many > [number] (n=2)', 'passed'],
            ],
          );
          assert.ok(failed.some((result) => result.name === 'Old > test_old > (n=1)'));
          assert.equal(run.exitAgrees, true);
        },
        subtests === true ? {} : { args: ['-p', subtests] },
      );
    });
  });
}

function namesOf(run: UnitRun): readonly string[] {
  return run.tests.map((result) => result.name);
}

/** A file whose second test ends the run. */
function endingBy(statement: string): Readonly<Record<string, string>> {
  return {
    'test_a.py': `import os, pytest\ndef test_one(): pass\ndef test_two(): ${statement}\n`,
  };
}
