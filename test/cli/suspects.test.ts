import assert from 'node:assert/strict';
import { existsSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { SuspectedThing } from '../../src/ledger/suspects.ts';
import type { Rerun } from '../../src/cli/suspects/rerun.ts';
import { runShell } from './project.ts';
import { committedProject, git } from './public-cases/git-case.ts';
import { type Ran, runBin } from './run-bin.ts';

interface Listed {
  readonly things: readonly SuspectedThing[];
  readonly rerun: Rerun | null;
}

const AWAIT = 'await() { until [ -e "$1" ]; do sleep 0.02; done; }';

/** A suite of shell scripts, so that no command has to be given. */
const CONFIG = `[run]
workers = 2
retries = 0
timeout = 60

[[suite]]
name = "u"
framework = "command"
patterns = ["u/*.sh"]
command = ["sh", "{unit}"]
`;

/** Where `.sync/together` is, the victim reads the file just after the culprit removed it. */
const FILES = {
  'pindown.toml': CONFIG,
  'data.txt': 'data\n',
  'u/culprit.sh': `${AWAIT}
[ ! -e .sync/together ] || await .sync/victim
rm data.txt; : >.sync/removed; sleep 0.2`,
  'u/victim.sh': `${AWAIT}
: >.sync/victim; [ ! -e .sync/together ] || await .sync/removed
cat data.txt`,
};

function sync(dir: string, ...names: readonly string[]): void {
  for (const name of ['together', 'victim', 'removed']) {
    const file = join(dir, '.sync', name);
    if (existsSync(file)) unlinkSync(file);
  }
  for (const name of names) writeFileSync(join(dir, '.sync', name), '');
}

async function listed(dir: string, ...args: readonly string[]): Promise<Ran & Listed> {
  const ran = await runBin(dir, ['suspects', '--json', ...args]);
  return { ...ran, ...(JSON.parse(ran.stdout) as Listed) };
}

async function runsOf(dir: string): Promise<number> {
  const { stdout } = await runBin(dir, ['history', '--json']);
  return (JSON.parse(stdout) as { readonly runs: readonly unknown[] }).runs.length;
}

function put(dir: string): void {
  git(dir, 'restore', '--staged', '--worktree', '--', 'data.txt');
}

describe('pindown suspects, after three runs with a green culprit and a red victim', () => {
  let dir = '';
  let last: Ran | null = null;

  before(async () => {
    dir = committedProject(FILES);
    for (let run = 1; run <= 3; run += 1) {
      sync(dir, 'together');
      last = await runBin(dir, ['run']);
      if (run < 3) put(dir);
    }
    sync(dir);
  });

  test('the last screen names the command', () => {
    assert.equal(last?.status, 7);
    assert.match(last?.stdout ?? '', /Who did it:\n {4}pindown suspects data\.txt\n/);
  });

  test('both are suspects, neither is called likely, and what would decide is said', async () => {
    const { status, things, rerun } = await listed(dir, 'data.txt');
    assert.equal(status, 0);
    assert.equal(rerun, null);
    const [thing] = things;
    assert.deepEqual(
      [thing?.kind, thing?.what, thing?.moments, thing?.runs],
      ['tree', 'data.txt', 3, 3],
    );
    assert.deepEqual(thing?.suspects.map(({ unit }) => unit).toSorted(), [
      'u:u/culprit.sh',
      'u:u/victim.sh',
    ]);
    for (const { probability, moments } of thing?.suspects ?? []) {
      assert.ok(probability > 0.01 && probability < 0.95);
      assert.equal(moments, 3);
    }
    assert.equal(thing?.finding.kind, 'unknown');
    const { stdout } = await runBin(join(dir, 'u'), ['suspects', '../data.txt']);
    assert.match(stdout, /^tree data\.txt removed at 3 moments of 3 runs, last in run 3 /);
    assert.match(stdout, /3 of 3 {2}44 % to 100 %/);
    assert.match(stdout, /unknown: \S+ ran whenever \S+ did/);
    assert.match(
      stdout,
      /What would decide: each suspect alone, pindown suspects data\.txt --rerun/,
    );
  });

  test('--rerun refuses while the file is still gone, says what to restore, and runs nothing', async () => {
    const runs = await runsOf(dir);
    const { status, stdout } = await runBin(dir, ['suspects', 'data.txt', '--rerun']);
    assert.equal(status, 6);
    assert.match(stdout, /^unknown: what was changed then still stands/);
    assert.match(stdout, /data\.txt differs from what is committed\n {4}git restore .* data\.txt/);
    assert.equal(await runsOf(dir), runs);
    assert.ok(!existsSync(join(dir, 'data.txt')));
  });

  test('--rerun proves the culprit, and what was seen then names it from now on', async () => {
    put(dir);
    const { status, rerun } = await listed(dir, 'data.txt', '--rerun');
    assert.equal(status, 7);
    assert.ok(rerun?.verdict.kind === 'proven');
    assert.equal(rerun.verdict.unit, 'u:u/culprit.sh');
    assert.match(
      rerun.verdict.evidence,
      /^data\.txt was removed while only u:u\/culprit\.sh ran; nothing else ran in run \d$/,
    );
    assert.equal(rerun.tried.at(-1)?.unit, 'u:u/culprit.sh');
    const green = rerun.tried.slice(0, -1);
    assert.ok(green.every(({ unit, exitCode }) => unit === 'u:u/victim.sh' && exitCode === 0));
    assert.deepEqual(
      rerun.standing.map(({ what }) => what),
      ['data.txt'],
    );
    const { things } = await listed(dir);
    const thing = things.find(({ what }) => what === 'data.txt');
    assert.deepEqual(thing?.finding, { kind: 'caught', units: ['u:u/culprit.sh'] });
  });

  test('a name that was never changed is an error, with what may have been meant', async () => {
    const { status, stderr } = await runBin(dir, ['suspects', 'date.txt']);
    assert.equal(status, 2);
    assert.match(stderr, /nothing called "date\.txt" was changed\.\nDid you mean data\.txt\?/);
  });

  test('what means something only with --rerun is refused without it', async () => {
    for (const args of [
      ['--', 'sh', '{unit}'],
      ['--framework', 'command'],
    ]) {
      const { status, stderr } = await runBin(dir, ['suspects', ...args]);
      assert.equal(status, 2);
      assert.match(stderr, /only with --rerun/);
    }
  });
});

describe('pindown suspects --rerun', () => {
  test('leaves it unknown where it needs a neighbour', async () => {
    const culprit = FILES['u/culprit.sh'].replace(
      'rm data.txt',
      '[ ! -e .sync/victim ] || rm data.txt',
    );
    const dir = committedProject({ ...FILES, 'u/culprit.sh': culprit });
    sync(dir, 'together');
    assert.equal((await runBin(dir, ['run'])).status, 7);
    put(dir);
    sync(dir);
    // The victim, alone, would leave its mark for the culprit.
    writeFileSync(join(dir, 'u', 'victim.sh'), 'cat data.txt');
    const { status, rerun } = await listed(dir, 'data.txt', '--rerun');
    assert.equal(status, 0);
    assert.ok(rerun?.verdict.kind === 'unknown');
    assert.match(rerun.verdict.because, /^it did not happen while one of them ran alone/);
    assert.equal(rerun.tried.length, 2);
    assert.deepEqual(rerun.left, []);
  });

  test('asks for the branch back first, and takes the command that units are given to', async () => {
    const dir = committedProject({
      'u/mover.sh': 'git checkout --quiet other; sleep 0.2',
      'u/peer.sh': 'sleep 0.5',
    });
    git(dir, 'branch', 'other');
    const command = ['--', 'sh', '{unit}'];
    await runShell(dir, ['--workers', '2', '--retries', '0']);
    const refused = await runBin(dir, ['suspects', 'HEAD', '--rerun', ...command]);
    assert.equal(refused.status, 6);
    assert.match(
      refused.stdout,
      /HEAD is at other \(\w+\) and was at main \(\w+\)\n {4}git checkout main/,
    );
    git(dir, 'checkout', '--quiet', 'main');
    const { status, stdout } = await runBin(dir, ['suspects', 'HEAD', '--rerun', ...command]);
    assert.equal(status, 7);
    assert.match(stdout, /^proven: command:u\/mover\.sh\n {2}HEAD was moved from main /m);
  });

  test('says so where nothing could be proven, since nothing is watched', async () => {
    const dir = committedProject({ 'u/a.sh': 'rm data.txt', 'data.txt': '' });
    await runShell(dir);
    put(dir);
    writeFileSync(join(dir, 'pindown.toml'), '[isolation]\ntripwires = false\n');
    const { status, stderr } = await runBin(dir, ['suspects', 'data.txt', '--rerun']);
    assert.equal(status, 2);
    assert.match(stderr, /not to watch for changes/);
  });

  test('has nobody to run where nothing was changed, or no run was recorded', async () => {
    const dir = committedProject({ 'u/green.sh': 'true' });
    assert.match((await runBin(dir, ['suspects'])).stderr, /No run of the project .* was recorded/);
    await runShell(dir, ['--tier', 'group']);
    const own = (await listed(dir)).things.filter(({ kind }) => kind !== 'file' && kind !== 'port');
    assert.deepEqual(own, []);
  });
});
