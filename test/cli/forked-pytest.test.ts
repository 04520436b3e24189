import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, readProcLink, readProcStat } from '../../src/process/proc-stat.ts';
import { hasModules } from '../frameworks/pytest/python-suite.ts';
import { scratchDirectory } from '../report/scratch.ts';
import { conserved, outcomes, readReport, type Report } from './project.ts';
import { BIN, binEnvironment, runBin } from './run-bin.ts';

const scratch = scratchDirectory();
const missing = !(await hasModules(['pytest'])) && 'no pytest';

/** The plugins of this machine are not the subject, and some are slow to load. */
const PYTEST_INI =
  '[pytest]\naddopts = -p no:hypothesispytest -p no:benchmark -p no:cov -p no:rerunfailures -p no:xdist\n';

const PASSES = 'def test_passes(): pass\n';

/** Says which process it is and which forked it, and goes on until it is ended. */
const STAYS = `
import json, os, time
def test_stays():
    with open('pids.part', 'w') as out:
        json.dump([os.getpid(), os.getppid()], out)
    os.rename('pids.part', 'pids')
    time.sleep(300)
`;

describe('a run whose pytest is warm', { skip: missing }, () => {
  test('each file is an attempt of its own, and the second one is started anew', async () => {
    const dir = project({
      'test_a.py': PASSES,
      'test_b.py': 'def test_fails(): assert False\n',
      // Fails where it is forked from what other units are forked from.
      'test_c.py': `
import os
def test_first_attempts_fail():
    assert '--warm' not in open('/proc/%d/cmdline' % os.getppid()).read()
`,
      'test_d.py': 'import os\ndef test_dies(): os.kill(os.getpid(), 11)\n',
      'sub/test_a.py':
        'import os, time\nif os.fork() == 0:\n    time.sleep(300)\ndef test_leaks(): pass\n',
    });
    const { report, notices } = await run(dir, ['--retries', '1']);
    assert.deepEqual(outcomes(report), {
      'sub/test_a.py': 'leaked',
      'test_a.py': 'passed',
      'test_b.py': 'failed',
      'test_c.py': 'flaky',
      'test_d.py': 'crashed',
    });
    assert.ok(conserved(report));
    assert.equal(report.run.exitCode, 1);
    assert.deepEqual(
      notices.map(({ code }) => code),
      ['forked'],
    );
    const tries = report.units.find(({ path }) => path === 'test_d.py')?.attempts ?? [];
    assert.deepEqual(
      tries.map(({ signal }) => signal),
      ['SIGSEGV', 'SIGSEGV'],
    );
  });

  test('a unit whose parent dies is lost, and run again', async () => {
    const dir = project({
      'test_a.py': PASSES,
      'test_kills.py': `
import os, signal, time
def test_kills_its_parent():
    parent = os.getppid()
    if '--warm' in open('/proc/%d/cmdline' % parent).read():
        os.kill(parent, signal.SIGKILL)
        time.sleep(300)
`,
    });
    const alone = await run(dir, ['--retries', '0', '--workers', '1', '--order', 'path']);
    assert.deepEqual(outcomes(alone.report), { 'test_a.py': 'passed', 'test_kills.py': 'lost' });
    assert.equal(alone.report.run.exitCode, 6);
    const [lost] = alone.report.units.find(({ path }) => path === 'test_kills.py')?.attempts ?? [];
    assert.match(
      lost?.reason ?? '',
      /^the process that forked it \(pid \d+\) ended with signal SIGKILL, and how/,
    );
    const again = await run(dir, ['--retries', '1']);
    assert.equal(outcomes(again.report)['test_kills.py'], 'passed');
    const attempts = again.report.units.find(({ path }) => path === 'test_kills.py')?.attempts;
    assert.deepEqual(
      attempts?.map(({ outcome }) => outcome),
      ['lost', 'passed'],
    );
  });

  test('a limit is over, and the parent forks on', async () => {
    const dir = project({ 'test_a.py': STAYS, 'test_b.py': PASSES });
    const args = ['--timeout', '1', '--retries', '0', '--workers', '1', '--order', 'path'];
    const { report, notices } = await run(dir, args);
    assert.deepEqual(outcomes(report), { 'test_a.py': 'hung', 'test_b.py': 'passed' });
    assert.equal(notices.length, 1);
    assertGone(dir);
  });

  test('the setting that says so starts each anew', async () => {
    const dir = project({ 'test_a.py': PASSES, 'pindown.toml': '[pytest]\nwarm = false\n' });
    const { report, notices } = await run(dir, []);
    assert.deepEqual(outcomes(report), { 'test_a.py': 'passed' });
    assert.deepEqual(notices, []);
  });

  test('Ctrl-C ends the units and their parent', async () => {
    const dir = project({ 'test_a.py': STAYS, 'test_b.py': PASSES });
    const child = started(dir, ['--workers', '1', '--order', 'path']);
    await pidsIn(dir, child);
    child.kill('SIGINT');
    const [status] = (await once(child, 'exit')) as [number | null];
    assert.equal(status, 130);
    const report = readReport(join(dir, 'out', 'report.json'));
    assert.deepEqual(outcomes(report), { 'test_a.py': 'cancelled', 'test_b.py': 'cancelled' });
    assertGone(dir);
  });

  test('after kill -9 the parent goes by itself, and the next start ends the unit', async () => {
    const dir = project({ 'test_a.py': STAYS });
    const child = started(dir, []);
    const [unit = 0, parent = 0] = await pidsIn(dir, child);
    const startTime = readProcStat(unit)?.startTime ?? null;
    child.kill('SIGKILL');
    await once(child, 'exit');
    while (isAlive(parent, null)) await sleep(5);
    assert.ok(isAlive(unit, startTime));
    writeFileSync(join(dir, 'test_a.py'), PASSES);
    const { report, stderr } = await run(dir, []);
    assert.equal(isAlive(unit, startTime), false);
    assert.match(stderr, /1 units are recorded as lost/);
    assert.deepEqual(outcomes(report), { 'test_a.py': 'passed' });
  });
});

function project(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(scratch, 'project-'));
  mkdirSync(join(dir, 'sub'));
  for (const [path, text] of Object.entries({ 'pytest.ini': PYTEST_INI, ...files })) {
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

const OF_FORKING: ReadonlySet<string> = new Set([
  'fork-refused',
  'forked',
  'left-behind',
  'not-imported',
  'started-one-by-one',
]);

interface Ran {
  readonly report: Report;
  readonly notices: readonly { readonly code: string; readonly message: string }[];
  readonly stderr: string;
}

async function run(dir: string, args: readonly string[]): Promise<Ran> {
  const { stderr } = await runBin(dir, ['run', '--out', 'out', ...args]);
  const report = readReport(join(dir, 'out', 'report.json'));
  const events = join(dir, '.pindown', 'runs', report.run.id, 'events.ndjson');
  const notices = readFileSync(events, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"type":"notice"'))
    .map((line) => JSON.parse(line) as Ran['notices'][number])
    .filter(({ code }) => OF_FORKING.has(code));
  return { report, notices, stderr };
}

function started(dir: string, args: readonly string[]): ChildProcess {
  const argv = [BIN, 'run', '--out', 'out', ...args];
  return spawn(process.execPath, argv, { cwd: dir, env: binEnvironment, stdio: 'ignore' });
}

/** The pids that the test in it and what forked it have, once it runs. */
async function pidsIn(dir: string, pindown: ChildProcess): Promise<readonly number[]> {
  const file = join(dir, 'pids');
  while (!existsSync(file) && pindown.exitCode === null) await sleep(5);
  return JSON.parse(readFileSync(file, 'utf8')) as number[];
}

/** Nobody is there any more that was started in that directory. */
function assertGone(dir: string): void {
  const there = readdirSync('/proc').filter((pid) => readProcLink(`/proc/${pid}/cwd`) === dir);
  assert.deepEqual(there, []);
}
