import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive, readProcStat } from '../../../src/process/proc-stat.ts';
import { outcomes, shellProject } from '../project.ts';
import { hangOf, RunningRun } from './running.ts';

const AFTER = '[hang]\nafter = "1s"\n';

/**
 * Reads from a pipe whose write end only it and its child have, and which the child never writes to;
 * the child has a session of its own. Continued and told by a file, it goes on to its end.
 */
const STUCK = `
import os, signal, sys
here = os.path.dirname(os.path.abspath(sys.argv[0]))
r, w = os.pipe()
child = os.fork()
if child == 0:
    os.setsid()
    os.read(r, 1)
    os._exit(0)
with open(os.path.join(here, 'pids.part'), 'w') as out:
    out.write('%d %d' % (os.getpid(), child))
os.rename(os.path.join(here, 'pids.part'), os.path.join(here, 'pids'))
def release(*_):
    os.write(w, b'xx')
signal.signal(signal.SIGUSR1, release)
os.read(r, 1)
os.waitpid(child, 0)
`;

const PROJECT = {
  'pindown.toml': AFTER,
  'stuck.py': STUCK,
  'u/stuck.sh': 'exec python3 stuck.py\n',
};

const RUN = ['u/*.sh', '--retries', '0', '--timeout', '60s'];
const HOLD = [...RUN, '--on-hang', 'hold', '--', 'sh', '{unit}'];

function pidsIn(dir: string): number[] {
  return readFileSync(join(dir, 'pids'), 'utf8').split(' ').map(Number);
}

function startTimes(pids: readonly number[]): (number | null)[] {
  return pids.map((pid) => readProcStat(pid)?.startTime ?? null);
}

describe('--on-hang=hold', { concurrency: true }, () => {
  test('stops all of it, says how to go on, and Ctrl-C ends all of it', async () => {
    const dir = shellProject(PROJECT);
    await RunningRun.during(dir, HOLD, async (run) => {
      const [said] = await run.says(/u\/stuck\.sh: it hangs and is held stopped.*/);
      const pids = pidsIn(dir);
      const since = startTimes(pids);
      const states = pids.map((pid) => readProcStat(pid)?.state);
      assert.deepEqual(states, ['T', 'T']);
      assert.match(said, new RegExp(`pindown hang ${pids[0]}, gdb -p ${pids[0]}`));
      assert.match(said, new RegExp(`kill -KILL ${pids.join(' ')}`));
      assert.match(said, new RegExp(`kill -CONT ${pids.join(' ')}`));
      run.interrupt();
      const { status, report } = await run.over();
      assert.equal(status, 130);
      assert.deepEqual(outcomes(report), { 'u/stuck.sh': 'hung' });
      const attempt = report.units[0]?.attempts[0];
      assert.notEqual(attempt?.verdict, null);
      assert.equal(hangOf(dir, report, attempt).proven, true);
      assert.deepEqual(
        pids.map((pid, at) => isAlive(pid, since[at] ?? null)),
        [false, false],
      );
    });
  });

  test('what is let go on may end by itself, and is hung all the same', async () => {
    const dir = shellProject(PROJECT);
    await RunningRun.during(dir, HOLD, async (run) => {
      await run.says(/is held stopped/);
      const [first = 0, second = 0] = pidsIn(dir);
      for (const pid of [first, second]) process.kill(pid, 'SIGCONT');
      await run.says(/it was let go on, and has 60 s to end/);
      process.kill(first, 'SIGUSR1');
      const { status, report } = await run.over();
      assert.equal(status, 5);
      assert.deepEqual(outcomes(report), { 'u/stuck.sh': 'hung' });
    });
  });

  test('what a person ends is over', async () => {
    const dir = shellProject(PROJECT);
    await RunningRun.during(dir, HOLD, async (run) => {
      const [, pids = ''] = await run.says(/End it: kill -KILL ([\d ]+)\./);
      for (const pid of pids.split(' ')) process.kill(Number(pid), 'SIGKILL');
      const { status, report } = await run.over();
      assert.equal(status, 5);
      assert.deepEqual(outcomes(report), { 'u/stuck.sh': 'hung' });
    });
  });
});

test('--on-hang=report leaves it until its time-out, with the verdict of then', async () => {
  const dir = shellProject(PROJECT);
  const options = ['u/*.sh', '--retries', '0', '--timeout', '5s', '--on-hang', 'report'];
  await RunningRun.during(dir, [...options, '--', 'sh', '{unit}'], async (run) => {
    await run.says(/it hangs, proven, and is left until its time-out/);
    const pids = pidsIn(dir);
    assert.deepEqual(
      pids.map((pid) => readProcStat(pid)?.state),
      ['S', 'S'],
    );
    const { status, report } = await run.over();
    assert.equal(status, 5);
    const attempt = report.units[0]?.attempts[0];
    assert.match(attempt?.reason ?? '', /limit of 5 s/);
    assert.equal(attempt?.verdict?.class, hangOf(dir, report, attempt).verdict.class);
    assert.equal(hangOf(dir, report, attempt).reason, 'time-limit');
  });
});

test('what moved shortly before its time-out, and is proven to hang then, is hung', async () => {
  const late = { ...PROJECT, 'pindown.toml': '', 'u/stuck.sh': 'sleep 5\nexec python3 stuck.py\n' };
  const dir = shellProject(late);
  const options = ['u/*.sh', '--retries', '0', '--timeout', '9s', '--', 'sh', '{unit}'];
  await RunningRun.during(dir, options, async (run) => {
    const { status, report } = await run.over();
    assert.equal(status, 5);
    const attempt = report.units[0]?.attempts[0];
    assert.match(
      attempt?.reason ?? '',
      /limit of 9 s, and a look proved that nothing in it can go/,
    );
    assert.deepEqual(outcomes(report), { 'u/stuck.sh': 'hung' });
  });
});

test('Ctrl-C while a unit hangs: it is looked at before its first signal', async (t) => {
  const dir = shellProject({
    ...PROJECT,
    'pindown.toml': '',
    // Ends well, and at once, where it is told to: what is looked at later is not there any more.
    'u/polite.sh': 'trap "touch told; exit 0" TERM; : > under-way; sleep 600 & wait\n',
  });
  const options = [...RUN, '--workers', '2', '--', 'sh', '{unit}'];
  await RunningRun.during(dir, options, async (run) => {
    while (!existsSync(join(dir, 'pids')) || !existsSync(join(dir, 'under-way'))) await wait(20);
    const since = performance.now();
    run.interrupt();
    const { status, report } = await run.over();
    const tookMs = performance.now() - since;
    assert.equal(status, 130);
    assert.deepEqual(outcomes(report), { 'u/polite.sh': 'cancelled', 'u/stuck.sh': 'cancelled' });
    // CI gives 7 s.
    t.diagnostic(`over after ${tookMs.toFixed(0)} ms`);
    const attempts = report.units.map(({ path, attempts: [attempt] }) => [path, attempt] as const);
    const stuck = new Map(attempts).get('u/stuck.sh');
    const polite = new Map(attempts).get('u/polite.sh');
    assert.notEqual(stuck?.verdict?.class ?? 'unknown', 'unknown');
    assert.equal(hangOf(dir, report, stuck).proven, true);
    assert.equal(existsSync(join(dir, 'told')), true);
    const seen = hangOf(dir, report, polite);
    assert.ok(seen.graph.processes.some(({ command }) => command.includes('sleep 600')));
    assert.equal(seen.reason, 'cancelled');
  });
});
