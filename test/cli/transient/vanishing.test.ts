import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { OWN_ROOT } from '../../frameworks/conformance.ts';
import { hasModules } from '../../frameworks/pytest/python-suite.ts';
import { outcomes, readReport, shellProject } from '../project.ts';
import { committedProject, git } from '../public-cases/git-case.ts';
import { runBin } from '../run-bin.ts';
import {
  type RanUnits,
  attemptsOf,
  courseOf,
  executable,
  runUnits,
  runWrapped,
} from './run-unit.ts';

/** What happens to the unit's file as its framework begins, and again as it ends. */
interface Fate {
  /** Shell commands, in the project's root; `$UNIT` is the file. */
  readonly asItBegins: string;
  readonly asItEnds: string;
}

/** The first attempt finds no file, and leaves it as it was. */
const VANISHES: Fate = {
  asItBegins: 'test -e .sync/met || mv "$UNIT" .sync/aside',
  asItEnds: 'test -e .sync/met || mv .sync/aside "$UNIT"; touch .sync/met',
};

const IS_REMOVED: Fate = { asItBegins: 'rm -f "$UNIT"', asItEnds: ':' };

const IS_CHECKED_OUT: Fate = { asItBegins: 'git checkout -q without', asItEnds: ':' };

const MOVED = /its file is not there \(ENOENT\), and HEAD moved from main .* to without/;

interface Suite {
  readonly name: string;
  readonly unit: string;
  readonly files: (fate: Fate) => Readonly<Record<string, string>>;
}

/** Only an attempt has this in its environment, and no listing. */
const IN_ATTEMPT = 'PINDOWN_INFRA_FAILURE_FILE';

const shellLine = (unit: string, commands: string): string => `UNIT=${unit}; ${commands}`;

/** Done by what Node loads before everything else, and by nobody that it starts. */
const preload = (unit: string, { asItBegins, asItEnds }: Fate): string => `
const { execFileSync } = require('node:child_process');
const run = (commands) => execFileSync('sh', ['-c', commands], { env: { PATH: process.env.PATH } });
if (process.env.${IN_ATTEMPT} && !/mocha/.test(process.argv[1] ?? '') === ${!unit.includes('mocha')}) {
  run(${JSON.stringify(shellLine(unit, asItBegins))});
  process.on('exit', () => run(${JSON.stringify(shellLine(unit, asItEnds))}));
}
`;

const conftest = (unit: string, { asItBegins, asItEnds }: Fate): string => `
import os, subprocess

def run(commands):
    if "${IN_ATTEMPT}" in os.environ:
        subprocess.run(["sh", "-c", commands], check=True)

def pytest_configure():
    run(${JSON.stringify(shellLine(unit, asItBegins))})

def pytest_unconfigure():
    run(${JSON.stringify(shellLine(unit, asItEnds))})
`;

const suiteTable = (framework: string, more = ''): string =>
  `[[suite]]\nname = "s"\nframework = "${framework}"\n${more}`;

const NODE_TEST: Suite = {
  name: 'node-test',
  unit: 'test/a.test.js',
  files: (fate) => ({
    'pindown.toml': suiteTable('node-test', 'env = { NODE_OPTIONS = "--require=./fate.cjs" }\n'),
    'fate.cjs': preload('test/a.test.js', fate),
    'package.json': '{"type": "module", "scripts": {"test": "node --test"}}',
    'test/a.test.js': "import { test } from 'node:test';\ntest('adds', () => {});\n",
  }),
};

const MOCHA: Suite = {
  name: 'mocha',
  unit: 'test/mocha.js',
  files: (fate) => ({
    'pindown.toml': suiteTable('mocha', 'env = { NODE_OPTIONS = "--require=./fate.cjs" }\n'),
    'fate.cjs': preload('test/mocha.js', fate),
    'package.json': '{"type": "module", "scripts": {"test": "mocha test"}}',
    'test/mocha.js': "it('adds', () => {});\n",
  }),
};

const PYTEST: Suite = {
  name: 'pytest',
  unit: 'tests/test_a.py',
  files: (fate) => ({
    'pindown.toml': suiteTable('pytest'),
    'pytest.ini':
      '[pytest]\naddopts = -p no:cacheprovider -p no:hypothesispytest -p no:benchmark\n',
    'conftest.py': conftest('tests/test_a.py', fate),
    'tests/test_a.py': 'def test_adds():\n    pass\n',
  }),
};

const python = await hasModules(['pytest']);
const SUITES: readonly (readonly [suite: Suite, missing: string | false])[] = [
  [NODE_TEST, false],
  [MOCHA, false],
  [PYTEST, !python && 'no pytest'],
];

/** A project whose files are all committed, beside a branch that has not the unit. */
function project({ unit, files }: Suite, fate: Fate): string {
  const ignored = { '.gitignore': '/.sync/\n/out/\n/node_modules\n__pycache__\n/around.cjs\n' };
  const dir = committedProject({ ...files(fate), ...ignored });
  symlinkSync(join(OWN_ROOT, 'node_modules'), join(dir, 'node_modules'), 'dir');
  branchWithout(dir, unit);
  return dir;
}

function branchWithout(dir: string, unit: string): void {
  git(dir, 'checkout', '--quiet', '-b', 'without');
  git(dir, 'rm', '--quiet', unit);
  git(dir, 'commit', '--quiet', '--message', 'without');
  git(dir, 'checkout', '--quiet', 'main');
}

async function run(suite: Suite, fate: Fate): Promise<RanUnits> {
  const dir = project(suite, fate);
  const ran = await runBin(dir, ['run', '--out', 'out', '--retries', '3']);
  return { ...ran, report: readReport(join(dir, 'out', 'report.json')) };
}

for (const [suite, skip] of SUITES) {
  describe(`a file of ${suite.name} that is not found`, { skip }, () => {
    test('and is there again, is run again by unit-unseen and passes', async () => {
      const { status, report } = await run(suite, VANISHES);
      const attempts = attemptsOf(report, suite.unit);
      assert.deepEqual(courseOf(attempts), ['errored by unit-unseen', 'passed']);
      assert.match(attempts[0]?.retry?.because ?? '', /but the file is there, its inode and HEAD/);
      assert.equal(report.totals.flaky, 0);
      assert.equal(status, 0);
    });

    test('and is really gone, has one attempt, whatever --retries says', async () => {
      const { status, report } = await run(suite, IS_REMOVED);
      const attempts = attemptsOf(report, suite.unit);
      assert.equal(attempts.length, 1, courseOf(attempts).join(', '));
      assert.notEqual(outcomes(report)[suite.unit], 'passed');
      assert.equal(attempts[0]?.retry, null);
      assert.match(attempts[0]?.reason ?? '', new RegExp(suite.unit));
      assert.notEqual(status, 0);
    });
  });
}

test('a file that its own framework has checked away has one attempt', async () => {
  const { report } = await run(NODE_TEST, IS_CHECKED_OUT);
  const attempts = attemptsOf(report, NODE_TEST.unit);
  assert.deepEqual(courseOf(attempts), ['errored']);
  assert.match(attempts[0]?.reason ?? '', MOVED);
});

describe('an executable unit that is not there when it is to be started', () => {
  const unit = { 'u/a': '#!/bin/sh\n' };

  test('and is there again, is started again by unit-unseen and passes', async () => {
    const dir = shellProject(unit);
    executable(dir, 'u/a');
    const vanish = `{
      before(start) { if (start === 1) fs.renameSync('u/a', 'aside'); },
      after(start) { if (start === 1) fs.renameSync('aside', 'u/a'); },
    }`;
    const { status, report } = await runWrapped(dir, 'u/a', vanish);
    assert.deepEqual(courseOf(attemptsOf(report, 'u/a')), [
      'spawn-failed by unit-unseen',
      'passed',
    ]);
    assert.equal(status, 0);
  });

  test('but another file of its name is there then, is not started again', async () => {
    const dir = shellProject(unit);
    executable(dir, 'u/a');
    const replace = `{
      before() { fs.renameSync('u/a', 'aside'); },
      after() { fs.copyFileSync('aside', 'u/a'); },
    }`;
    const { status, report } = await runWrapped(dir, 'u/a', replace);
    const attempts = attemptsOf(report, 'u/a');
    assert.deepEqual(courseOf(attempts), ['spawn-failed']);
    assert.match(attempts[0]?.reason ?? '', /not excused by unit-unseen: the tree has changed/);
    assert.equal(status, 6);
  });

  test('and is really gone, has one attempt', async () => {
    const dir = shellProject(unit);
    executable(dir, 'u/a');
    const remove = `{ before() { fs.rmSync('u/a'); } }`;
    const options = { options: ['--retries', '3'] };
    const { status, report } = await runWrapped(dir, 'u/a', remove, options);
    const attempts = attemptsOf(report, 'u/a');
    assert.deepEqual(courseOf(attempts), ['spawn-failed']);
    assert.match(attempts[0]?.reason ?? '', /its file is not there \(ENOENT\)/);
    assert.equal(status, 6);
  });

  test('since something else was checked out, has one attempt, and the change is named', async () => {
    const dir = committedProject({ ...unit, '.gitignore': '/.sync/\n/out/\n/around.cjs\n' });
    branchWithout(dir, 'u/a');
    git(dir, 'config', 'core.fileMode', 'false');
    executable(dir, 'u/a');
    const checkOut = `{
      before() { require('node:child_process').execFileSync('git', ['checkout', '-q', 'without']); },
    }`;
    const options = { options: ['--retries', '3'] };
    const { status, report } = await runWrapped(dir, 'u/a', checkOut, options);
    const attempts = attemptsOf(report, 'u/a');
    assert.deepEqual(courseOf(attempts), ['spawn-failed']);
    assert.match(attempts[0]?.reason ?? '', MOVED);
    // What changed the tree weighs more than the start that failed for it.
    assert.equal(status, 7);
  });

  test('since its interpreter is missing, has one attempt', async () => {
    const dir = shellProject({ 'u/a': '#!/no/such/interpreter\n' });
    executable(dir, 'u/a');
    const { status, report } = await runUnits(dir, ['u/a', '--retries', '3']);
    assert.deepEqual(courseOf(attemptsOf(report, 'u/a')), ['spawn-failed']);
    assert.equal(status, 6);
  });
});
