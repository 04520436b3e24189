import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, readProcStat } from '../../../src/process/proc-stat.ts';
import { chooseTier } from '../../../src/process/tier/choose-tier.ts';
import { hasModules } from '../../frameworks/pytest/python-suite.ts';
import {
  type StartedUnit,
  type StartedUnits,
  type UnitsOptions,
  withStartedUnits,
} from '../../frameworks/pytest/started-units.ts';

const TIERS = ['cgroup', 'subreaper', 'group'] as const;

/** What has to be there for these, and takes the least time. */
const PLAIN: UnitsOptions = { env: { PYTEST_DISABLE_PLUGIN_AUTOLOAD: '1' } };

/** Says that it runs, and goes on until it is ended. */
const STAYS = `
import os, time
def test_stays():
    open(os.path.join(os.environ['PINDOWN_STATE_DIR'], 'runs'), 'w').close()
    time.sleep(300)
`;

/** A daemon that has given up its session, its output and its parent, and never calls exec(2). */
const LEAVES = `
import os, time
def test_leaves():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            null = os.open('/dev/null', os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(null, descriptor)
            os.closerange(3, 64)
            open(os.path.join(os.environ['PINDOWN_STATE_DIR'], 'runs'), 'w').close()
            time.sleep(300)
        os._exit(0)
    while not os.path.exists(os.path.join(os.environ['PINDOWN_STATE_DIR'], 'runs')):
        time.sleep(0.01)
`;

const missing = !(await hasModules(['pytest'])) && 'no pytest';

describe('processes that are forked from a warm one', { skip: missing }, () => {
  for (const name of TIERS) {
    test(`what a fork leaves behind without exec(2) is its own (${name})`, async (t) => {
      let held = true;
      const tier: UnitsOptions['tier'] = (runId) => {
        const chosen = chooseTier(runId, name);
        held = chosen.name === name;
        return chosen;
      };
      await withStartedUnits(
        { 'test_leaves.py': LEAVES, 'test_stays.py': STAYS },
        async (units) => {
          if (!held) return t.skip(`no tier ${name} here`);
          const neighbour = await running(units, 'test_stays.py');
          const left = await units.run('test_leaves.py', 'forked');
          assert.deepEqual(left.ending, { exitCode: 0, signal: null });
          assert.equal(left.leaks.length, 1);
          const [leak] = left.leaks;
          assert.equal(leak?.endedBy, 'SIGTERM');
          assert.equal(isAlive(leak?.pid ?? 0, leak?.startTime ?? null), false);
          // Neither the neighbour nor the parent of both was taken for a part of it.
          assert.equal(readProcStat(neighbour.child.pid)?.state === 'Z', false);
          neighbour.child.end(0);
          const ended = await units.finish(neighbour);
          assert.match(ended.ending.signal ?? '', /SIGTERM|SIGKILL/);
          assert.deepEqual([ended.leaks, ended.fault], [[], null]);
          assert.equal((await units.run('test_leaves.py', 'forked')).leaks.length, 1);
          assert.equal(units.told.length, 1, units.told.join('\n'));
        },
        { ...PLAIN, tier },
      );
    });
  }

  test('where their parent is killed they are orphans, and the next has another parent', async () => {
    await withStays(async (units) => {
      const pids = new Set<number>();
      for (let times = 1; times <= 3; times += 1) {
        const unit = await running(units, 'test_stays.py');
        const parent = parentOf(unit);
        pids.add(parent);
        process.kill(parent, 'SIGKILL');
        assert.match((await unit.child.orphaned) ?? '', /pid \d+\) ended with signal SIGKILL/);
        unit.child.end(0);
        const ended = await units.finish(unit);
        assert.deepEqual([ended.ending, ended.leaks], [{ exitCode: null, signal: 'SIGKILL' }, []]);
        assert.equal(isAlive(unit.child.pid, unit.child.startTime), false);
      }
      assert.equal(pids.size, 3);
      const anew = await running(units, 'test_stays.py');
      assert.equal(parentOf(anew), process.pid);
      assert.match(units.told.at(-1) ?? '', /^warning started-one-by-one: .*died 3 times/);
      anew.child.end(0);
      await units.finish(anew);
    });
  });

  test('a parent that does not say how one ended is ended', async () => {
    await withStays(async (units) => {
      const unit = await running(units, 'test_stays.py');
      process.kill(parentOf(unit), 'SIGSTOP');
      unit.child.end(0);
      assert.match((await unit.child.orphaned) ?? '', /ended with signal SIG(?:TERM|KILL)/);
      assert.equal((await units.finish(unit)).ending.exitCode, null);
    });
  });

  test('one that can not be forked is started anew', async () => {
    await withStays(async (units) => {
      const [one, other] = await Promise.all([
        units.run('test_passes.py', 'forked', { PINDOWN_MARK: '\ud800' }),
        units.run('test_passes.py', 'forked'),
      ]);
      assert.deepEqual([one.ending.exitCode, other.ending.exitCode], [0, 0]);
      assert.match(units.told.join('\n'), /warning fork-refused: .*surrogates not allowed/);
    });
  });

  for (const [why, text, because] of [
    [
      'starts a thread',
      'import threading, time\nthreading.Thread(target=time.sleep, args=(300,), daemon=True).start()',
      /has started a thread/,
    ],
    ['writes', 'print("hello")', /writes while it starts/],
    ['is traced', 'import sys\nsys.settrace(lambda *_: None)', /is traced/],
    ['opens something', 'import os\nopened = open("/etc/passwd")', /has opened \/etc\/passwd/],
    ['looks for TMPDIR', 'import tempfile\ntempfile.gettempdir()', /temporary files/],
    ['needs what is the project’s', 'x = 1', /a module of the project: .*sitecustomize\.py/],
    ['ends', 'import os, sys\nif "--warm" in sys.orig_argv: os._exit(3)', /exit status 3/],
  ] as const) {
    test(`a Python that ${why} as it starts is started anew for every unit`, async () => {
      await withStartedUnits(
        { 'test_passes.py': 'def test_passes(): pass\n', 'site/sitecustomize.py': text },
        async (units) => {
          const { ending } = await units.run('test_passes.py', 'forked', {
            PYTHONPATH: join(units.dir, 'site'),
          });
          assert.deepEqual(ending, { exitCode: 0, signal: null });
          assert.match(units.told.join('\n'), because);
          assert.match(units.told.join('\n'), /^info started-one-by-one/);
        },
        PLAIN,
      );
    });
  }
});

async function withStays(body: (units: StartedUnits) => Promise<void>): Promise<void> {
  await withStartedUnits(
    { 'test_stays.py': STAYS, 'test_passes.py': 'def test_passes(): pass\n' },
    body,
    PLAIN,
  );
}

/** Starts one and waits until its test runs. */
async function running(units: StartedUnits, path: string): Promise<StartedUnit> {
  const unit = await units.start(path, 'forked');
  const runs = join(unit.dir, 'runs');
  while (!existsSync(runs) && isAlive(unit.child.pid, unit.child.startTime)) await sleep(5);
  assert.ok(existsSync(runs), 'its test never ran');
  return unit;
}

function parentOf({ child }: StartedUnit): number {
  return readProcStat(child.pid)?.parent ?? 0;
}
