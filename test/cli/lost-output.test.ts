import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { readReport, shellProject } from './project.ts';
import { BIN, binEnvironment, runBin } from './run-bin.ts';

const GREEN = { 'u/a.sh': 'exit 0' };
const RED = { 'u/a.sh': 'exit 0', 'u/b.sh': 'exit 1' };
const COMMAND = ['--', 'sh', '{unit}'];

function runArgs(...options: readonly string[]): string[] {
  return ['run', 'u/*.sh', '--retries', '0', ...options, ...COMMAND];
}

/** Runs the command with one stream on a device that is always full; gives the other one's text. */
async function withFull(
  stream: 'stdout' | 'stderr',
  cwd: string,
  args: readonly string[],
): Promise<{ readonly status: number | null; readonly other: string }> {
  const full = openSync('/dev/full', 'w');
  const child: ChildProcess = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: binEnvironment,
    stdio: ['ignore', stream === 'stdout' ? full : 'pipe', stream === 'stderr' ? full : 'pipe'],
  });
  closeSync(full);
  const piped = stream === 'stdout' ? child.stderr : child.stdout;
  assert.ok(piped !== null);
  const [other, [status]] = await Promise.all([text(piped), once(child, 'close')]);
  return { status: status as number | null, other };
}

async function appears(file: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!existsSync(file)) {
    assert.ok(Date.now() < deadline, `${file} did not appear within a minute`);
    await setTimeout(20);
  }
}

/** The report of a project's only run. */
function recorded(dir: string): ReturnType<typeof readReport> {
  const runs = join(dir, '.pindown/runs');
  const [id = 'none', ...more] = readdirSync(runs);
  assert.deepEqual(more, []);
  return readReport(join(runs, id, 'report.json'));
}

describe('output that is lost', () => {
  for (const [colour, files, status] of [
    ['green', GREEN, 0],
    ['red', RED, 1],
  ] as const) {
    test(`leaves a ${colour} run as it was`, async () => {
      for (const stream of ['stdout', 'stderr'] as const) {
        const dir = shellProject(files);
        const ran = await withFull(stream, dir, runArgs());
        assert.equal(ran.status, status);
        assert.match(
          ran.other,
          new RegExp(`^warning: what .* on ${stream} could not be written: ENOSPC .*room`, 'm'),
        );
        assert.equal(recorded(dir).run.exitCode, status);
      }
    });
  }

  test('is the failure of a green run only where it was asked for', async () => {
    const green = await withFull('stdout', shellProject(GREEN), runArgs('--json'));
    assert.equal(green.status, 6);
    assert.match(
      green.other,
      /^error: What was asked for .* to stdout: ENOSPC \(write\)\.\n.*room/m,
    );
    const red = await withFull('stdout', shellProject(RED), runArgs('--json'));
    assert.equal(red.status, 1);
    assert.match(red.other, /^error: What was asked for .* to stdout: ENOSPC/m);
    const quiet = await withFull('stderr', shellProject(GREEN), runArgs('--json'));
    assert.equal(quiet.status, 0);
    assert.doesNotThrow(() => JSON.parse(quiet.other) as unknown);
  });

  test('leaves a run as it was where its terminal goes away', async () => {
    const dir = shellProject({
      'u/a.sh': 'touch under-way; until [ -e gone ]; do sleep 0.05; done',
      'run.sh': `"$@"; echo $? > status.tmp; mv status.tmp status`,
    });
    const command = ['sh', 'run.sh', process.execPath, BIN, ...runArgs()];
    // In a session of its own, so that no SIGHUP ends it.
    const inTerminal = `setsid --wait ${command.map((word) => `'${word}'`).join(' ')}`;
    const terminal = spawn('script', ['-qec', inTerminal, '/dev/null'], {
      cwd: dir,
      env: binEnvironment,
      stdio: 'ignore',
    });
    await appears(join(dir, 'under-way'));
    terminal.kill('SIGKILL');
    await once(terminal, 'close');
    writeFileSync(join(dir, 'gone'), '');
    await appears(join(dir, 'status'));
    assert.equal(readFileSync(join(dir, 'status'), 'utf8').trim(), '0');
    assert.equal(recorded(dir).run.exitCode, 0);
  });

  test('is the failure of a command that only shows something', async () => {
    const ran = await withFull('stdout', shellProject({}), ['help']);
    assert.equal(ran.status, 6);
    assert.match(ran.other, /^error: What was asked for/);
  });
});

describe('--out that can not be written', () => {
  for (const [colour, files, status] of [
    ['green', GREEN, 6],
    ['red', RED, 1],
  ] as const) {
    test(`ends a ${colour} run with ${status} and says what, where, why and what to do`, async () => {
      const dir = shellProject({ ...files, taken: '' });
      const ran = await runBin(dir, runArgs('--out', 'taken'));
      assert.equal(ran.status, status);
      assert.match(ran.stderr, /^error: report\.json, .* could not be copied to .*taken: EEXIST/m);
      assert.match(ran.stderr, /^A file stands where a directory is needed.*\.pindown\/runs/m);
      assert.doesNotMatch(ran.stderr, /defect/);
      assert.equal(recorded(dir).totals.planned, Object.keys(files).length);
    });
  }

  test('is told where no directory can be made at all', async () => {
    const ran = await runBin(shellProject(GREEN), runArgs('--out', '/proc/pindown/out'));
    assert.equal(ran.status, 6);
    assert.match(ran.stderr, /could not be copied to \/proc\/pindown\/out: ENOENT \(mkdir/);
  });

  test('keeps one report back, gives the others, and leaves none of an earlier run', async () => {
    const dir = shellProject(GREEN);
    const out = join(dir, 'out');
    mkdirSync(join(out, 'junit.xml/in the way'), { recursive: true });
    writeFileSync(join(out, 'ctrf.json'), 'of an earlier run');
    const ran = await runBin(dir, runArgs('--out', 'out'));
    assert.equal(ran.status, 6);
    assert.match(ran.stderr, /^error: junit\.xml could not be copied/m);
    assert.equal(readReport(join(out, 'report.json')).run.exitCode, 0);
    assert.match(readFileSync(join(out, 'ctrf.json'), 'utf8'), /^\{"reportFormat"/);
    assert.deepEqual(readdirSync(out).toSorted(), [
      'blob.ndjson',
      'ctrf.json',
      'events.ndjson',
      'junit.xml',
      'report.json',
    ]);
  });
});

describe('a report that can not be written', () => {
  // Where a report is to stand, a directory is in its way.
  const files = { 'u/a.sh': 'mkdir -p "$(echo .pindown/runs/*)/report.json/in the way"' };

  test('is not listed, and changes nothing of a run that did not ask for it', async () => {
    const ran = await runBin(shellProject(files), runArgs());
    assert.equal(ran.status, 0);
    assert.match(ran.stdout, /^ {2}error: report\.json could not be written: EISDIR/m);
    assert.match(ran.stdout, /^Reports: \S+\/junit\.xml, \S+\/ctrf\.json$/m);
  });

  test('is the failure of a run that asked for it', async () => {
    const dir = shellProject(files);
    const printed = await runBin(dir, runArgs('--json'));
    assert.equal(printed.status, 6);
    assert.match(printed.stderr, /^error: There is no report to print: EISDIR/m);
    assert.doesNotMatch(printed.stderr, /defect/);
    const other = shellProject(files);
    const copied = await runBin(other, runArgs('--out', 'out'));
    assert.equal(copied.status, 6);
    assert.match(copied.stderr, /^error: report\.json could not be copied/m);
    assert.deepEqual(readdirSync(join(other, 'out')).toSorted(), [
      'blob.ndjson',
      'ctrf.json',
      'events.ndjson',
      'junit.xml',
    ]);
  });
});
