import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { chooseTier } from '../../../src/process/tier/choose-tier.ts';
import { hasModules } from './python-suite.ts';
import { type EndedUnit, groupTier, type StartedUnits, withStartedUnits } from './started-units.ts';

/** What a test can see of the process that it is in. */
const PROBE = `
import sys

MODULES = sorted(sys.modules)

import atexit, gc, json, locale, os, resource, signal, stat, tempfile, threading, warnings

def stream(one):
    status = os.fstat(one.fileno())
    return [type(one).__name__, one.encoding, one.errors, one.line_buffering, one.write_through,
            one.isatty(), one.closed, one.mode, one.name, one.fileno(), one.seekable(),
            stat.S_IFMT(status.st_mode), status.st_size, one.tell() if one.seekable() else None]

def handlers():
    return {str(number): repr(getattr(signal.getsignal(number), '__name__', signal.getsignal(number)))
            for number in sorted(signal.valid_signals())}

def test_probe():
    main = sys.modules['__main__']
    seen = {
        # Before os.popen(), whose pipe is closed when the collector comes.
        'fds': sorted(os.readlink('/proc/self/fd/' + name) for name in os.listdir('/proc/self/fd')
                      if os.path.lexists('/proc/self/fd/' + name)),
        'argv': sys.argv, 'orig_argv': getattr(sys, 'orig_argv', None), 'path': sys.path,
        'executable': sys.executable, 'prefix': sys.prefix, 'flags': list(sys.flags),
        'main': sorted(vars(main)), 'main file': main.__file__, 'main name': main.__name__,
        'main loader': type(main.__loader__).__name__, 'main spec': repr(main.__spec__),
        'cwd': os.getcwd(), 'umask': os.umask(0o22), 'environ': dict(os.environ),
        'order': [name for name in os.environ], 'C environ': os.popen('env | sort').read(),
        'std': [stream(one) for one in (sys.__stdin__, sys.__stdout__, sys.__stderr__)],
        'leads': os.getpid() == os.getsid(0) == os.getpgid(0),
        'handlers': handlers(), 'mask': sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        'wakeup': signal.set_wakeup_fd(-1), 'modules': MODULES,
        'threads': [threading.active_count(), threading.current_thread() is threading.main_thread(),
                    len(os.listdir('/proc/self/task'))],
        'limits': {name: resource.getrlimit(getattr(resource, name))
                   for name in dir(resource) if name.startswith('RLIMIT_')},
        'atexit': atexit._ncallbacks(), 'gc': [gc.isenabled(), gc.get_threshold()],
        'temp': tempfile.gettempdir(), 'locale': [locale.setlocale(locale.LC_ALL), sys.getfilesystemencoding()],
        'warnings': [repr(each) for each in warnings.filters], 'trace': [sys.gettrace(), sys.getprofile()],
        'meta': [getattr(one, '__name__', type(one).__name__) for one in sys.meta_path],
        'recursion': sys.getrecursionlimit(), 'nice': os.nice(0), 'children': resource.getrusage(resource.RUSAGE_CHILDREN).ru_nsignals,
        'lineage': [each for each in open('/proc/self/environ').read().split('\\0') if each.startswith('PINDOWN_LINEAGE=')],
    }
    with open(os.path.join(os.environ['PINDOWN_STATE_DIR'], 'probe.json'), 'w') as out:
        json.dump(seen, out)
`;

/** Ways to end, each with what else comes to an end with them. */
const ENDS: Readonly<Record<string, string>> = {
  'test_passes.py': `
import atexit, sys, threading, time
atexit.register(lambda: print('at exit', file=sys.__stdout__))
def late():
    threading.main_thread().join()
    sys.__stdout__.write('from a thread\\n')
def test_passes():
    threading.Thread(target=late).start()
    sys.__stdout__.write('without a newline')
`,
  'test_fails.py':
    'import sys\ndef test_fails():\n    print("out"); print("err", file=sys.stderr)\n    assert 1 == 2\n',
  'test_killed.py': 'import os, signal\ndef test_killed(): os.kill(os.getpid(), signal.SIGKILL)\n',
  'test_aborts.py': 'import os\ndef test_aborts(): os.abort()\n',
  'test_underscore_exit.py': 'import os\ndef test_exits(): os._exit(3)\n',
  'test_system_exit.py': 'import sys\ndef test_exits(): sys.exit(5)\n',
  'test_exit_at_import.py': 'import os\nos._exit(0)\n',
  'test_interrupted.py':
    'import os, signal\ndef test_interrupts(): os.kill(os.getpid(), signal.SIGINT)\n',
  'test_no_tests.py': 'x = 1\n',
  'test_broken.py': 'import nowhere\n',
};

for (const [name, path] of [
  ['python3 on PATH', undefined],
  ['/usr/bin/python3', '/usr/bin'],
] as const) {
  const installed = await hasModules(['pytest'], path);
  const withPath = path === undefined ? {} : { path };

  describe(`a fork under ${name}`, { skip: !installed && 'no pytest' }, () => {
    for (const [way, tier] of [
      ['command', groupTier],
      ['module', (runId: string) => chooseTier(runId, 'subreaper')],
    ] as const) {
      test(`what a test sees is what it sees of a process of its own (${way})`, async () => {
        const recipe = way === 'module' ? { Makefile: 'test:\n\tpython3 -m pytest\n' } : {};
        await withStartedUnits(
          { 'test_größe.py': PROBE, ...recipe },
          async (units) => {
            const anew = probed(await units.run('test_größe.py', 'anew', { GREETING: 'grüße' }));
            const forked = probed(
              await units.run('test_größe.py', 'forked', { GREETING: 'grüße' }),
            );
            assertForked(units);
            const lineage = forked['lineage'] as string[];
            assert.match(lineage.join(), /^PINDOWN_LINEAGE=.*TOKEN$/);
            for (const key of Object.keys(anew)) assert.deepEqual(forked[key], anew[key], key);
          },
          { ...withPath, tier },
        );
      });
    }
  });
}

describe('forks', { skip: !(await hasModules(['pytest'])) && 'no pytest' }, () => {
  test('it ends as it would have ended', async () => {
    await withStartedUnits(
      ENDS,
      async (units) => {
        for (const file of Object.keys(ENDS)) {
          const [anew, forked] = await Promise.all([
            units.run(file, 'anew'),
            units.run(file, 'forked'),
          ]);
          assert.deepEqual(summary(forked), summary(anew), file);
        }
        assertForked(units);
      },
      { env: { PYTEST_DISABLE_PLUGIN_AUTOLOAD: '1' } },
    );
  });

  test('nothing that a unit does reaches another', async () => {
    await withStartedUnits(
      {
        'own/conftest.py': `
import builtins, os, textwrap
builtins.left, textwrap.fill, os.environ["LEFT"] = 1, None, "behind"
`,
        'own/test_a.py': 'import os\nos.chdir("/")\ndef test_a(): assert os.getcwd() == "/"\n',
        'other/test_b.py': `
import builtins, os, textwrap
def test_b():
    assert textwrap.fill("a") == "a"
    assert "LEFT" not in os.environ and not hasattr(builtins, "left") and os.getcwd() != "/"
`,
      },
      async (units) => {
        const files = ['own/test_a.py', 'other/test_b.py', 'own/test_a.py', 'other/test_b.py'];
        const ended = await Promise.all(
          files.map(async (file) => (await units.run(file, 'forked')).ending.exitCode),
        );
        assert.deepEqual(ended, [0, 0, 0, 0]);
        assertForked(units);
      },
      { env: { PYTEST_DISABLE_PLUGIN_AUTOLOAD: '1' } },
    );
  });
});

function probed(unit: EndedUnit): Record<string, unknown> {
  assert.deepEqual(unit.ending, { exitCode: 0, signal: null }, unit.stdout + unit.stderr);
  // Each attempt has a mark of its own, see src/process/brand.ts.
  const text = readFileSync(join(unit.dir, 'probe.json'), 'utf8').replace(
    /"RLIMIT_RTTIME": \[\d+/,
    '"RLIMIT_RTTIME": ["BRAND"',
  );
  return JSON.parse(anyTime(text.replaceAll(unit.token, 'TOKEN'))) as Record<string, unknown>;
}

/** Without what is never twice the same. */
function anyTime(text: string): string {
  return text
    .replaceAll(/in \d+\.\d+s/g, 'in TIME')
    .replaceAll(/"durationMs": [\d.]+/g, 'DURATION')
    .replaceAll(/#\d+ \(deleted\)/g, 'DELETED')
    .replaceAll(/(pipe|socket):\[\d+\]/g, '$1')
    .replaceAll(/0x[0-9a-f]{8,}/g, 'ADDRESS');
}

/** What a unit came to. */
function summary({ ending, stdout, stderr, results }: EndedUnit): unknown {
  return { ending, stdout: anyTime(stdout), stderr: anyTime(stderr), results: anyTime(results) };
}

function assertForked({ told }: StartedUnits): void {
  assert.match(told.join('\n'), /^info forked: pid \d+ has pytest loaded and forks each unit$/);
}
