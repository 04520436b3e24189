import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { conserved, outcomes, readReport, runShell, shellProject } from './project.ts';
import { binEnvironment, runBin } from './run-bin.ts';

const FLAKY = '[ -e seen ] && exit 0; touch seen; echo first attempt; exit 1';

describe('pindown run: what it ends with', () => {
  const cases: readonly {
    readonly title: string;
    readonly files: Readonly<Record<string, string>>;
    readonly options?: readonly string[];
    readonly status: number;
    readonly outcomes: Readonly<Record<string, string>>;
  }[] = [
    {
      title: 'all passed',
      files: { 'u/a.sh': 'exit 0', 'u/b.sh': 'exit 0' },
      status: 0,
      outcomes: { 'u/a.sh': 'passed', 'u/b.sh': 'passed' },
    },
    {
      title: 'a failure',
      files: { 'u/a.sh': 'exit 0', 'u/b.sh': 'exit 3' },
      status: 1,
      outcomes: { 'u/a.sh': 'passed', 'u/b.sh': 'failed' },
    },
    {
      title: 'a crash',
      files: { 'u/a.sh': 'kill -SEGV $$' },
      status: 1,
      outcomes: { 'u/a.sh': 'crashed' },
    },
    { title: 'flaky', files: { 'u/a.sh': FLAKY }, status: 0, outcomes: { 'u/a.sh': 'flaky' } },
    {
      title: 'flaky under --fail-on flaky',
      files: { 'u/a.sh': FLAKY },
      options: ['--fail-on', 'flaky'],
      status: 3,
      outcomes: { 'u/a.sh': 'flaky' },
    },
    {
      title: 'flaky without retries is a failure',
      files: { 'u/a.sh': FLAKY },
      options: ['--retries', '0'],
      status: 1,
      outcomes: { 'u/a.sh': 'failed' },
    },
    {
      title: 'a hang',
      files: { 'u/a.sh': 'sleep 600', 'u/b.sh': 'exit 0' },
      options: ['--timeout', '500ms'],
      status: 5,
      outcomes: { 'u/a.sh': 'hung', 'u/b.sh': 'passed' },
    },
    {
      title: 'a time-out',
      files: { 'u/a.sh': 'while :; do :; done' },
      options: ['--timeout', '500ms'],
      status: 1,
      outcomes: { 'u/a.sh': 'timed-out' },
    },
    {
      title: 'a leak',
      files: { 'u/a.sh': 'setsid sleep 600 >/dev/null 2>&1 &' },
      status: 7,
      outcomes: { 'u/a.sh': 'leaked' },
    },
    {
      title: 'exit status 0 with a reported failure',
      files: { 'u/a.sh': 'echo 1..1; echo not ok 1 - adds' },
      status: 7,
      outcomes: { 'u/a.sh': 'contradicted' },
    },
    {
      title: 'exit status 1 with all tests passed',
      files: { 'u/a.sh': 'echo 1..1; echo ok 1 - adds; exit 1' },
      status: 7,
      outcomes: { 'u/a.sh': 'contradicted' },
    },
    {
      title: 'all skipped is never green',
      files: { 'u/a.sh': 'echo "1..1"; echo "ok 1 - adds # SKIP no"' },
      status: 4,
      outcomes: { 'u/a.sh': 'skipped' },
    },
    {
      title: 'a failure beside a hang and a leak',
      files: { 'u/a.sh': 'sleep 600', 'u/b.sh': 'exit 1', 'u/c.sh': 'setsid sleep 600 &' },
      options: ['--timeout', '500ms'],
      status: 1,
      outcomes: { 'u/a.sh': 'hung', 'u/b.sh': 'failed', 'u/c.sh': 'leaked' },
    },
    {
      title: '--fail-fast stops the rest',
      files: { 'u/a.sh': 'exit 1', 'u/b.sh': 'exit 0', 'u/c.sh': 'exit 0' },
      options: ['--fail-fast', '1', '--retries', '0', '--workers', '1', '--order', 'path'],
      status: 1,
      outcomes: { 'u/a.sh': 'failed', 'u/b.sh': 'cancelled', 'u/c.sh': 'cancelled' },
    },
    {
      title: '--max-flaky stops the rest',
      files: { 'u/a.sh': FLAKY, 'u/b.sh': 'exit 0' },
      options: ['--max-flaky', '0', '--workers', '1', '--order', 'path'],
      status: 3,
      outcomes: { 'u/a.sh': 'flaky', 'u/b.sh': 'cancelled' },
    },
  ];
  for (const { title, files, options, status, outcomes: expected } of cases) {
    test(`${title}: ${status}`, async () => {
      const { report, status: ended } = await runShell(shellProject(files), options);
      assert.deepEqual(outcomes(report), expected);
      assert.equal(ended, status);
      assert.equal(report.run.exitCode, status);
      assert.ok(conserved(report));
    });
  }

  test('a program that is not there: 6', async () => {
    const dir = shellProject({ 'u/a.sh': '' });
    const { status, stdout } = await runBin(dir, [
      'run',
      'u/*.sh',
      '--',
      'no-such-program',
      '{unit}',
    ]);
    assert.equal(status, 6);
    assert.match(stdout, /no program "no-such-program" on PATH/);
  });

  test('keeps both attempts of a flaky unit, whole', async () => {
    const dir = shellProject({ 'u/a.sh': FLAKY });
    const { report } = await runShell(dir);
    const [first, second] = report.units[0]?.attempts ?? [];
    assert.deepEqual([first?.outcome, second?.outcome], ['failed', 'passed']);
    const stdout = join(dir, '.pindown', 'runs', report.run.id, first?.evidence[0] ?? '');
    assert.equal(readFileSync(stdout, 'utf8'), 'first attempt\n');
  });

  test('--json prints the report and nothing else on stdout', async () => {
    const dir = shellProject({ 'u/a.sh': 'exit 0' });
    const { stdout } = await runBin(dir, ['run', 'u/*.sh', '--json', '--', 'sh', '{unit}']);
    assert.deepEqual(
      JSON.parse(stdout),
      readReport(
        join(
          dir,
          '.pindown',
          'runs',
          readdirSync(join(dir, '.pindown', 'runs'))[0] ?? '',
          'report.json',
        ),
      ),
    );
  });

  test('run numbers go on, and are not used twice after a damaged history', async () => {
    const dir = shellProject({ 'u/a.sh': 'exit 0' });
    const numbers = [
      (await runShell(dir)).report.run.number,
      (await runShell(dir)).report.run.number,
    ];
    writeFileSync(
      join(dir, '.pindown', 'history.sqlite'),
      'not a database at all, but long enough to be looked at as one',
    );
    const third = await runShell(dir);
    assert.deepEqual([...numbers, third.report.run.number], [1, 2, 3]);
    assert.match(third.stderr, /set aside as .*history\.sqlite\.corrupt-/);
    assert.equal(third.status, 0);
    assert.ok(
      readdirSync(join(dir, '.pindown')).some((name) => name.startsWith('history.sqlite.corrupt-')),
    );
  });
});

describe('pindown run: bad input', () => {
  const cases: readonly (readonly [
    title: string,
    args: readonly string[],
    status: number,
    said: RegExp,
  ])[] = [
    ['no suite', ['run'], 4, /No test suite was found/],
    ['a shard beyond the last', ['run', '--shard', '5/4', 'u/*.sh', '--', 'sh'], 2, /5\/4/],
    ['a shard that is none', ['run', '--shard', 'a/b', 'u/*.sh', '--', 'sh'], 2, /a\/b/],
    ['a glob that matches nothing', ['run', 'x/*.sh', '--', 'sh', '{unit}'], 4, /x\/\*\.sh/],
    ['a file that is not there', ['run', 'u/z.sh', '--', 'sh', '{unit}'], 2, /u\/z\.sh/],
    ['a command without units', ['run', '--', 'sh'], 2, /needs to know its units/],
    ['nothing after --', ['run', 'u/*.sh', '--'], 2, /no command after "--"/],
    ['an unknown framework', ['run', '--framework', 'vittest'], 2, /Did you mean vitest\?/],
    ['no workers', ['run', '--workers', '0'], 2, /whole number from 1/],
    ['a time that is none', ['run', '--timeout', 'soon'], 2, /duration/],
    ['an unknown command', ['rnu'], 2, /Did you mean run\?/],
    ['an unknown option', ['run', '--retrys', '1'], 2, /Did you mean --retries/],
  ];
  for (const [title, args, status, said] of cases) {
    test(`${title}: ${status}`, async () => {
      const ran = await runBin(shellProject({ 'u/a.sh': '' }), args);
      assert.equal(ran.status, status);
      assert.match(ran.stderr, said);
      assert.doesNotMatch(ran.stderr, /defect of Pindown/);
    });
  }

  test('a run that comes to no plan leaves no directory behind', async () => {
    const dir = shellProject({ 'u/a.sh': '' });
    await runBin(dir, ['run', 'x/*.sh', '--', 'sh', '{unit}']);
    assert.deepEqual(readdirSync(join(dir, '.pindown', 'runs')), []);
  });

  test('a unit that vanished between the plan and its turn is an outcome, not an accident', async () => {
    const dir = shellProject({ 'u/a.sh': 'rm u/b.sh', 'u/b.sh': 'exit 0' });
    const { report, status } = await runShell(dir, ['--workers', '1', '--order', 'path']);
    assert.equal(outcomes(report)['u/b.sh'], 'failed');
    assert.equal(status, 1);
    assert.ok(conserved(report));
  });

  test('a working directory that is gone: 6, in one line', async () => {
    const dir = shellProject({ 'gone/x': '' });
    const child = spawn(
      'sh',
      [
        '-c',
        'cd gone && rm -r ../gone && exec "$0" "$1" run',
        process.execPath,
        join(import.meta.dirname, '../../bin/pindown.js'),
      ],
      { cwd: dir, env: binEnvironment, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
    });
    const [status] = await once(child, 'close');
    assert.equal(status, 6);
    assert.match(stderr, /working directory is gone/);
  });

  for (const [title, text, said] of [
    ['broken TOML', '[run\n', /pindown\.toml:1:/],
    ['an unknown key', '[run]\nretrys = 1\n', /pindown\.toml:2: there is no setting "run\.retrys"/],
    ['a value of another kind', '[run]\nretries = "a"\n', /Expected a whole number/],
    [
      'a suite directory that is not there',
      '[[suite]]\ndir = "nope"\n',
      /directory .*nope is not there/,
    ],
  ] as const) {
    test(`${title}: 2`, async () => {
      const ran = await runBin(shellProject({ 'pindown.toml': text }), ['run']);
      assert.equal(ran.status, 2);
      assert.match(ran.stderr, said);
    });
  }
});

/** Starts a run in a process of its own, and waits until its first attempt is under way. */
async function startRun(
  dir: string,
): Promise<{ readonly pid: number; readonly ended: Promise<unknown[]>; readonly runDir: string }> {
  const bin = join(import.meta.dirname, '../../bin/pindown.js');
  const child = spawn(
    process.execPath,
    [bin, 'run', 'u/*.sh', '--order', 'path', '--workers', '2', '--', 'sh', '{unit}'],
    { cwd: dir, env: binEnvironment, stdio: 'ignore' },
  );
  const ended = once(child, 'exit');
  const runs = join(dir, '.pindown', 'runs');
  await until(() => existsSync(join(dir, 'under-way')), 'the run is under way');
  return { pid: child.pid ?? 0, ended, runDir: join(runs, readdirSync(runs).at(-1) ?? '') };
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!holds()) {
    assert.ok(Date.now() < deadline, `not after a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const INTERRUPTIBLE = {
  'u/a.sh': 'exit 0',
  'u/b.sh': 'exit 1',
  'u/c.sh': 'touch under-way; sleep 600',
  'u/d.sh': 'sleep 600',
  'u/e.sh': 'exit 0',
};

describe('pindown run: interrupts', () => {
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const) {
    test(`${signal} ends what runs, accounts for the rest, and exits with ${status}`, async () => {
      const dir = shellProject(INTERRUPTIBLE);
      const { pid, ended, runDir } = await startRun(dir);
      process.kill(pid, signal);
      assert.deepEqual(await ended, [status, null]);
      const report = readReport(join(runDir, 'report.json'));
      assert.ok(conserved(report));
      assert.equal(outcomes(report)['u/c.sh'], 'cancelled');
      assert.equal(outcomes(report)['u/e.sh'], 'cancelled');
    });
  }

  test('kill -9 loses nothing that had ended; the next start ends what is left and says so', async () => {
    const dir = shellProject({
      ...INTERRUPTIBLE,
      'u/c.sh': 'setsid sleep 600 & touch under-way; wait',
    });
    const { pid, ended, runDir } = await startRun(dir);
    const events = join(runDir, 'events.ndjson');
    const ofB = /"attempt-finished".*u\/b\.sh/;
    await until(() => ofB.test(readFileSync(events, 'utf8')), 'b.sh has ended once');
    process.kill(pid, 'SIGKILL');
    await ended;
    assert.equal(existsSync(join(runDir, 'report.json')), false);
    const next = await runBin(dir, ['run', 'u/a.sh', '--', 'sh', '{unit}']);
    assert.equal(next.status, 0);
    assert.match(
      next.stderr,
      /Pindown died during run #1: .*What it left behind was ended: .*sleep 600/,
    );
    const report = readReport(join(runDir, 'report.json'));
    assert.ok(conserved(report));
    const found = outcomes(report);
    assert.deepEqual(
      [found['u/a.sh'], found['u/b.sh'], found['u/c.sh'], found['u/e.sh']],
      ['passed', 'failed', 'lost', 'lost'],
    );
    assert.equal(report.run.exitCode, 1);
  });
});
