import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { outcomes, runShell, shellProject } from './project.ts';
import { type Ran, runBin } from './run-bin.ts';

/** Reports one test by TAP; what it does is left in a file by the test of ours. */
const UNIT = `
step=$(cat "$(dirname "$0")/../step-$(basename "$0" .sh)" 2>/dev/null || echo pass)
echo "1..1"
fail() { echo "not ok 1 - pays"; echo "  ---"; echo "  message: '$1'"; echo "  ..."; exit 1; }
case $step in
  pass) echo "ok 1 - pays" ;;
  flake)
    if mkdir "$0.tried" 2>/dev/null; then fail "connect ECONNREFUSED 127.0.0.1:$$ after $$ ms"; fi
    rmdir "$0.tried"; echo "ok 1 - pays" ;;
  fail) fail "connect ECONNREFUSED 127.0.0.1:$$ after $$ ms" ;;
  other) fail "card $$ is unknown" ;;
  crash) kill -SEGV $$ ;;
  untold) echo "connect ECONNREFUSED 127.0.0.1:$$ after $$ ms" >&2; exit 3 ;;
esac
`;

class Project {
  readonly dir: string;

  constructor(...units: readonly string[]) {
    this.dir = shellProject(Object.fromEntries(units.map((name) => [`u/${name}.sh`, UNIT])));
  }

  async run(
    steps: Readonly<Record<string, string>>,
    ...options: readonly string[]
  ): ReturnType<typeof runShell> {
    for (const [unit, step] of Object.entries(steps)) {
      writeFileSync(join(this.dir, `step-${unit}`), step);
    }
    return await runShell(this.dir, options);
  }

  async gotcha(...args: readonly string[]): Promise<Ran> {
    return await runBin(this.dir, ['gotcha', ...args]);
  }

  /** The signatures of the flakes without an entry. */
  async open(): Promise<readonly Case[]> {
    const { stdout } = await this.gotcha('list', '--json');
    return (JSON.parse(stdout) as { readonly cases: readonly Case[] }).cases;
  }

  write(name: string, front: string, body = ''): void {
    mkdirSync(join(this.dir, '.pindown-ledger'), { recursive: true });
    const file = join(this.dir, '.pindown-ledger', `${name}.md`);
    writeFileSync(file, `+++\n${front}\n+++\n# The bank does not answer\n${body}`);
  }
}

interface Case {
  readonly signature: string;
  readonly times: number;
  readonly runs: number;
  readonly sites: readonly { readonly path: string; readonly test: string | null }[];
}

const PROVEN = '\n## What was seen\nIt was refused.\n\n## Deciding observation\nThe log.\n';

function quarantine(expires: string, more = ''): string {
  return `[quarantine]\nowner = "ana"\nreason = "the bank is slow"\nexpires = ${expires}\n${more}`;
}

describe('a flake', () => {
  const project = new Project('a', 'b');
  let signature = '';

  test('opens a case by itself, and nobody is asked yet', async () => {
    const { status, stdout, stderr } = await project.run(
      { a: 'flake' },
      '--fail-on',
      'uninvestigated',
    );
    assert.equal(status, 0, stdout + stderr);
    assert.doesNotMatch(stdout, /met again/);
    const cases = await project.open();
    assert.deepEqual(
      cases.map(({ times, runs }) => [times, runs]),
      [[1, 1]],
    );
    signature = cases[0]?.signature ?? '';
  });

  test('met again is asked about in the last screen, the annotations and by the exit status', async () => {
    const { status, stdout } = await project.run(
      { a: 'flake' },
      '--github',
      '--fail-on',
      'uninvestigated',
    );
    assert.equal(status, 3);
    const asked = new RegExp(`${signature} was met again, 2 times in 2 runs, at 1 site`);
    assert.match(stdout, asked);
    assert.match(stdout, /::warning title=pindown%3A uninvestigated::/);
  });

  test('at another site is the same case', async () => {
    const { stdout } = await project.run({ a: 'pass', b: 'flake' });
    assert.match(stdout, /met again, 3 times in 3 runs/);
    const cases = await project.open();
    assert.equal(cases.length, 1);
    assert.deepEqual(cases[0]?.sites.map(({ path }) => path).toSorted(), ['u/a.sh', 'u/b.sh']);
  });

  test('without a policy leaves the run green', async () => {
    const { status } = await project.run({ b: 'flake' });
    assert.equal(status, 0);
  });

  test('with an entry is no longer asked about', async () => {
    const made = await project.gotcha('new', signature, '--owner', 'ana', '--name', 'refused');
    assert.equal(made.status, 0, made.stderr);
    assert.deepEqual(readdirSync(join(project.dir, '.pindown-ledger')), ['refused.md']);
    assert.match(
      readFileSync(join(project.dir, '.pindown-ledger/refused.md'), 'utf8'),
      new RegExp(`signatures = \\[ "${signature}" \\]`),
    );
    const { status, stdout } = await project.run({ b: 'flake' }, '--fail-on', 'uninvestigated');
    assert.equal(status, 0);
    assert.doesNotMatch(stdout, /met again/);
    assert.deepEqual(await project.open(), []);
    const again = await project.gotcha('new', signature);
    assert.equal(again.status, 2);
    assert.match(again.stderr, /refused\.md is about s1:\w+ already/);
  });

  test('whose entry has expired is asked about again', async () => {
    project.write(
      'refused',
      `signatures = ["${signature}"]\nstatus = "open"\nexpires = 2020-01-01`,
    );
    const { status } = await project.run({ b: 'flake' }, '--fail-on', 'uninvestigated');
    assert.equal(status, 3);
    assert.equal((await project.gotcha('check')).status, 1);
  });

  test('that was declared fixed names the fix that did not hold', async () => {
    const front = `signatures = ["${signature}"]\nstatus = "proven"\nfixed = 2020-01-01\nfixed-by = "commit abc"`;
    project.write('refused', front, PROVEN);
    const { status, stdout } = await project.run({ b: 'flake' }, '--fail-on', 'uninvestigated');
    assert.equal(status, 3);
    assert.match(stdout, /The fix of refused \(2020-01-01, commit abc\) did not hold/);
    const check = await project.gotcha('check');
    assert.equal(check.status, 1);
    assert.match(check.stdout, /refused\.md: reopened/);
    assert.match((await project.gotcha('list')).stdout, /^reopened refused/m);
  });

  test('that was declared fixed after it was met last stays closed', async () => {
    const front = `signatures = ["${signature}"]\nstatus = "proven"\nfixed = 2999-01-01`;
    project.write('refused', front, PROVEN);
    assert.equal((await project.gotcha('check')).status, 0);
  });
});

describe('a quarantine', () => {
  const project = new Project('a', 'b', 'c');
  let signature = '';

  before(async () => {
    await project.run({ a: 'fail' });
    const { stdout } = await project.gotcha('match', 'u/a.sh', '--json');
    const { matches } = JSON.parse(stdout) as { matches: readonly { case: Case }[] };
    signature = matches[0]?.case.signature ?? '';
    project.write(
      'refused',
      `signatures = ["${signature}"]\nstatus = "open"\n${quarantine('2999-01-01')}`,
    );
  });

  test('tolerates its failure, which stays visible in every report', async () => {
    const { status, stdout, report } = await project.run({ a: 'fail' }, '--github');
    assert.equal(status, 0);
    assert.deepEqual(outcomes(report), {
      'u/a.sh': 'failed',
      'u/b.sh': 'passed',
      'u/c.sh': 'passed',
    });
    assert.deepEqual(report.totals.toleratedFailed, 1);
    const [unit] = report.units.filter(({ path }) => path === 'u/a.sh');
    assert.equal(unit?.tolerated?.whole, true);
    assert.deepEqual(
      new Set(unit?.tolerated?.failures.map(({ gotcha }) => gotcha)),
      new Set(['refused']),
    );
    const words = /tolerated until 2999-01-01 by the ledger's refused \(ana\): the bank is slow/;
    assert.match(stdout, words);
    assert.match(stdout, /refused tolerates 2 failures/);
    assert.match(stdout, /::error .*failed%3A pays/);
    for (const file of ['junit.xml', 'ctrf.json']) {
      const text = readFileSync(join(project.dir, 'out', file), 'utf8');
      assert.match(text.replaceAll('&apos;', "'").replaceAll('&#39;', "'"), words, file);
    }
  });

  test('leaves the exit status to the rest', async () => {
    const { status } = await project.run({ a: 'fail', b: 'other' });
    assert.equal(status, 1);
  });

  test('tolerates a flake under --fail-on flaky', async () => {
    const { status, report } = await project.run({ a: 'flake', b: 'pass' }, '--fail-on', 'flaky');
    assert.equal(status, 0);
    assert.equal(report.totals.toleratedFlaky, 1);
  });

  test('tolerates no other failure of a test, no crash, and nothing that an exit status alone tells', async () => {
    const steps = { a: 'other', b: 'crash', c: 'untold' };
    const { status, report } = await project.run(steps, '--retries', '0');
    assert.equal(status, 1);
    assert.deepEqual(
      [outcomes(report), report.units.filter(({ tolerated }) => tolerated !== undefined)],
      [{ 'u/a.sh': 'failed', 'u/b.sh': 'crashed', 'u/c.sh': 'failed' }, []],
    );
    assert.equal(report.totals.toleratedFailed, undefined);
    await project.run({ b: 'pass', c: 'pass' }, '--retries', '0');
  });

  test('that is over tolerates nothing, and says so', async () => {
    project.write(
      'refused',
      `signatures = ["${signature}"]\nstatus = "open"\n${quarantine('2020-01-01')}`,
    );
    const { status, stdout } = await project.run({ a: 'fail' });
    assert.equal(status, 1);
    assert.match(stdout, /The quarantine of refused is over/);
    assert.equal((await project.gotcha('check')).status, 1);
  });

  test('whose fault was not met for a while is stale', async () => {
    const terms = quarantine('2999-01-01', 'stale-after = 2');
    project.write('refused', `signatures = ["${signature}"]\nstatus = "open"\n${terms}`);
    const first = await project.run({ a: 'pass' });
    assert.doesNotMatch(first.stdout, /may be lifted/);
    const second = await project.run({ a: 'pass' });
    assert.match(
      second.stdout,
      /The quarantine of refused may be lifted: it was not met for 2 runs/,
    );
  });

  test('without an owner or an end is refused before anything is run', async () => {
    for (const key of ['owner', 'expires']) {
      const terms = quarantine('2999-01-01')
        .split('\n')
        .filter((line) => !line.startsWith(key))
        .join('\n');
      project.write('refused', `signatures = ["${signature}"]\nstatus = "open"\n${terms}`);
      const { status, stderr } = await runBin(project.dir, ['run', 'u/*.sh', '--', 'sh', '{unit}']);
      assert.equal(status, 2);
      assert.match(stderr, new RegExp(`refused\\.md: "quarantine\\.${key}" is missing`));
    }
  });
});

describe('pindown gotcha', () => {
  test('says what it takes', async () => {
    const { dir } = new Project('a');
    const refused = [
      [['shwo'], /Did you mean show/],
      [['show'], /takes one NAME/],
      [['show', 'nothing'], /has no entry "nothing"/],
      [['check', 'x'], /takes nothing behind it/],
      [['new', 's1:abcd'], /No run of the project/],
    ] as const;
    for (const [args, words] of refused) {
      const { status, stderr } = await runBin(dir, ['gotcha', ...args]);
      assert.equal(status, 2);
      assert.match(stderr, words);
    }
    assert.match((await runBin(dir, ['gotcha'])).stdout, /The ledger has no entry/);
  });
});
