import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { scratchDirectory } from '../report/scratch.ts';
import { type Ran, runBin } from './run-bin.ts';

const scratch = scratchDirectory();

/** Fails in the first attempt of every run and passes in the second. */
const FLAKY = `
  if [ -e "once-$PINDOWN_RUN_ID" ]; then echo second time; exit 0; fi
  touch "once-$PINDOWN_RUN_ID"; echo first time; echo to stderr >&2; exit 1`;

const LINES = 10_000;

function newProject(scripts: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(scratch, 'project-'));
  writeFileSync(join(dir, 'pindown.toml'), '');
  mkdirSync(join(dir, 'checks'));
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(dir, 'checks', name), text);
  }
  return dir;
}

async function runChecks(dir: string): Promise<void> {
  const { status, stderr } = await runBin(dir, ['run', 'checks/*.sh', '--', 'sh', '{unit}']);
  assert.ok(status === 0 || status === 1, stderr);
}

async function json(dir: string, ...args: string[]): Promise<Json> {
  const { stdout, stderr, status } = await runBin(dir, [...args, '--json']);
  assert.equal(status, 0, stderr);
  const document: Json = JSON.parse(stdout);
  assert.equal(document.schemaVersion, 1);
  return document;
}

/** What is looked at here of the three commands' documents. */
interface Json {
  readonly schemaVersion: number;
  readonly runs: readonly {
    readonly id: string;
    readonly number: number;
    readonly exitCode: number;
    readonly finished: boolean;
    readonly counts: Readonly<Record<string, number>>;
  }[];
  readonly results: readonly {
    readonly run: { readonly number: number };
    readonly unit: { readonly outcome: string; readonly attempts: readonly { id: string }[] };
  }[];
  readonly attempt: { readonly id: string; readonly outcome: string };
  readonly flaky: readonly {
    readonly unit: { readonly path: string };
    readonly test: { readonly name: string } | null;
    readonly rate: number;
    readonly interval: { readonly low: number; readonly high: number };
    readonly failingAttempt: string;
    readonly passingAttempt: string;
  }[];
}

describe('what was recorded', () => {
  let dir = '';
  before(async () => {
    dir = newProject({
      'ok.sh': 'echo fine',
      'flaky.sh': FLAKY,
      'bad.sh': `i=0; while [ $i -lt ${LINES} ]; do i=$((i+1)); echo line $i; done; exit 3`,
    });
    await runChecks(dir);
    await runChecks(dir);
  });

  const inProject = async (...args: string[]): Promise<Ran> => await runBin(dir, args);

  async function attemptsOf(unit: string): Promise<string[]> {
    const { results } = await json(dir, 'show', unit);
    return results.flatMap(({ unit: { attempts } }) => attempts.map(({ id }) => id));
  }

  test('history lists the runs, the latest first', async () => {
    const { stdout, status } = await inProject('history');
    assert.equal(status, 0);
    const [head, second, first, ...more] = stdout.trimEnd().split('\n');
    assert.match(head ?? '', /^run +started +exit +duration +units$/);
    const line = /^ +(\d) {2}[\d-]{10} [\d:]{8} +1 +[\d.]+ m?s {2}1 passed, 1 failed, 1 flaky$/;
    assert.equal(line.exec(second ?? '')?.[1], '2', stdout);
    assert.equal(line.exec(first ?? '')?.[1], '1', stdout);
    assert.deepEqual(more, []);
  });

  test('history --json says all that is known, of as many runs as asked for', async () => {
    const { runs } = await json(dir, 'history', '--limit', '1');
    assert.equal(runs.length, 1);
    assert.equal(runs[0]?.number, 2);
    assert.equal(runs[0].exitCode, 1);
    assert.equal(runs[0].finished, true);
    assert.deepEqual([runs[0].counts['flaky'], runs[0].counts['hung']], [1, 0]);
  });

  test('show UNIT lists its attempts over the runs', async () => {
    const { stdout } = await inProject('show', 'checks/flaky.sh');
    const ids = await attemptsOf('checks/flaky.sh');
    assert.equal(ids.length, 4);
    const rows = stdout.split('\n').filter((line) => ids.some((id) => line.endsWith(id)));
    assert.equal(rows.length, 4);
    assert.match(rows[0] ?? '', /^ +2 .* flaky +1 +failed /);
    assert.match(rows[1] ?? '', /^ +2 +passed /);
    assert.match(rows[2] ?? '', /^ +1 .* flaky +1 +failed /);
  });

  test('show UNIT takes its id, and a path from where one stands', async () => {
    const byPath = await inProject('show', 'checks/ok.sh');
    const fromWithin = await runBin(join(dir, 'checks'), ['show', 'ok.sh']);
    const byId = await inProject('show', 'command:checks/ok.sh');
    assert.equal(byPath.status, 0);
    assert.deepEqual(fromWithin, byPath);
    assert.deepEqual(byId, byPath);
  });

  test('show ATTEMPT tells the whole report and the end of the output', async () => {
    const [id = ''] = await attemptsOf('checks/bad.sh');
    const { stdout, status } = await inProject('show', id);
    assert.equal(status, 0);
    assert.match(stdout, /^attempt 1 of checks\/bad\.sh: failed$/m);
    assert.match(stdout, /^ {2}run +2, /m);
    assert.match(stdout, /^ {2}ended +exit status 3 after /m);
    assert.match(stdout, /^ {2}reason +exit status 3/m);
    assert.match(stdout, new RegExp(`^ {2}\\.pindown/runs/.*/attempts/${id}/stdout\\.log$`, 'm'));
    assert.match(stdout, new RegExp(`│ line ${LINES}$`, 'm'));
    assert.doesNotMatch(stdout, /line 1$/m);
    assert.match(stdout, new RegExp(`pindown show ${id} --output`));
    const { attempt } = await json(dir, 'show', id);
    assert.deepEqual([attempt.id, attempt.outcome], [id, 'failed']);
  });

  test('show ATTEMPT --output prints what it printed, whole, and nothing else', async () => {
    const [flaky = ''] = await attemptsOf('checks/flaky.sh');
    assert.deepEqual(await inProject('show', flaky, '--output'), {
      status: 0,
      stdout: 'first time\n',
      stderr: 'to stderr\n',
    });
    const [bad = ''] = await attemptsOf('checks/bad.sh');
    const { stdout } = await inProject('show', bad, '--output');
    assert.equal(stdout.trimEnd().split('\n').length, LINES);
  });

  test('flaky ranks with rate and interval, and both outputs are one command away', async () => {
    const { flaky } = await json(dir, 'flaky');
    const found = flaky.find(({ test: inner }) => inner !== null) ?? flaky[0];
    assert.ok(found);
    assert.equal(found.unit.path, 'checks/flaky.sh');
    assert.equal(found.rate, 1);
    assert.ok(found.interval.low > 0.3 && found.interval.high === 1);

    const { stdout } = await inProject('flaky');
    const lines = stdout.trimEnd().split('\n');
    assert.equal(lines.length, 4, stdout);
    assert.match(
      lines[1] ?? '',
      /^100 % {2}34 % to 100 % +2 of 2 +2 of 4 .* 2 {2}checks\/flaky\.sh/,
    );
    const printed = async (line = ''): Promise<string> =>
      (await inProject(...line.slice(line.indexOf('pindown ') + 8).split(' '))).stdout;
    assert.match(lines[2] ?? '', /failed: pindown show/);
    assert.equal(await printed(lines[2]), 'first time\n');
    assert.equal(await printed(lines[3]), 'second time\n');
  });

  test('a name that is nearly right gets a suggestion', async () => {
    const { status, stderr } = await inProject('show', 'checks/flacky.sh');
    assert.equal(status, 2);
    assert.match(stderr, /knows no unit and no attempt "checks\/flacky\.sh"/);
    assert.match(stderr, /Did you mean checks\/flaky\.sh/);
  });

  test('a prefix that several attempts have is refused, with their ids', async () => {
    const ids = await attemptsOf('checks/ok.sh');
    const { status, stderr } = await inProject('show', ids[0]?.slice(0, 6) ?? '');
    assert.equal(status, 2);
    assert.match(stderr, /^error: Several attempts begin with /);
  });

  test('--output of a unit names its attempts instead', async () => {
    const { status, stderr } = await inProject('show', 'checks/ok.sh', '--output');
    const [latest] = await attemptsOf('checks/ok.sh');
    assert.equal(status, 2);
    assert.match(stderr, new RegExp(`pindown show ${latest} --output`));
  });
});

describe('what is not there', () => {
  test('without a run, each command says how to make one', async () => {
    const dir = newProject({});
    for (const args of [['history'], ['flaky'], ['show', 'a']]) {
      const { status, stderr } = await runBin(dir, args);
      assert.equal(status, 2);
      assert.match(stderr, /No run of the project in .* was recorded yet\.\n.*pindown run/);
    }
  });

  test('without a flake, flaky says so', async () => {
    const dir = newProject({ 'ok.sh': 'exit 0' });
    await runChecks(dir);
    const { stdout, status } = await runBin(dir, ['flaky', '--runs', '7']);
    assert.equal(status, 0);
    assert.equal(stdout, 'Nothing was flaky in the last 7 runs.\n');
  });

  test('of a run whose directory is gone, the history still has the report', async () => {
    const dir = newProject({ 'bad.sh': 'echo seen; exit 1' });
    await runChecks(dir);
    const { results } = await json(dir, 'show', 'checks/bad.sh');
    const id = results[0]?.unit.attempts[0]?.id ?? '';
    rmSync(join(dir, '.pindown/runs'), { recursive: true });
    const { stdout } = await runBin(dir, ['show', id]);
    assert.match(stdout, /reason +exit status 1/);
    assert.match(stdout, /The run's directory was removed/);
    const { status, stderr } = await runBin(dir, ['show', id, '--output']);
    assert.equal(status, 2);
    assert.match(stderr, /no output of attempt .*: its run's directory was removed/);
  });

  test('a damaged history is set aside with a word; the numbers go on', async () => {
    const dir = newProject({ 'ok.sh': 'exit 0' });
    await runChecks(dir);
    const file = join(dir, '.pindown/history.sqlite');
    writeFileSync(file, 'this was a history');
    const { status, stderr } = await runBin(dir, ['history']);
    assert.equal(status, 0);
    const aside = /set aside as (\S+);/.exec(stderr)?.[1];
    assert.ok(aside, stderr);
    assert.equal(readFileSync(aside, 'utf8'), 'this was a history');
    await runChecks(dir);
    const { runs } = await json(dir, 'history');
    assert.deepEqual(
      runs.map(({ number }) => number),
      [2],
    );
  });
});
