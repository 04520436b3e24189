import assert from 'node:assert/strict';
import { readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { outcomes, runShell } from '../project.ts';
import { committedProject, git, reasonOf, tripsOf } from './git-case.ts';

/** Waits until a file is there. */
const AWAIT = 'await() { until [ -e "$1" ]; do sleep 0.02; done; }';

/**
 * The branch `other` lacks data.txt; checking it out goes through a filter that waits, so that it
 * takes until the victim is done.
 */
const FILES = {
  '.gitattributes': 'slow.txt filter=slow\n',
  'slow.txt': 'one\n',
  'data.txt': 'data\n',
  'filter.sh': `${AWAIT}; : >.sync/checking-out; await .sync/victim-done; cat`,
  'updater.sh': `${AWAIT}; await .sync/victim-runs; git checkout --quiet other; : >.sync/updated`,
  // Its tests pass; it has started an updater, in a session of its own.
  'u/culprit.sh': `${AWAIT}; setsid sh updater.sh >/dev/null 2>&1 & await .sync/updated; exit 0`,
  // Git is there for as long as the victim runs: long enough to be seen, also on a loaded machine.
  'u/victim.sh': `${AWAIT}; : >.sync/victim-runs; await .sync/checking-out
cat data.txt; status=$?; sleep 1; : >.sync/victim-done; exit $status`,
};

function project(files: Readonly<Record<string, string>>): string {
  const dir = committedProject(files);
  filter(dir, 'cat');
  git(dir, 'checkout', '--quiet', '-b', 'other');
  git(dir, 'rm', '--quiet', 'data.txt');
  writeFileSync(join(dir, 'slow.txt'), 'two\n');
  git(dir, 'commit', '--quiet', '--all', '--message', 'without data');
  git(dir, 'checkout', '--quiet', 'main');
  filter(dir, 'sh filter.sh');
  return dir;
}

function filter(dir: string, smudge: string): void {
  git(dir, 'config', 'filter.slow.clean', 'cat');
  git(dir, 'config', 'filter.slow.smudge', smudge);
}

describe('a test that starts a detached updater, which moves HEAD under another', () => {
  for (const tier of ['cgroup', 'subreaper', 'group']) {
    test(`is named, and the other is its victim, three runs long; tier ${tier} at most`, async () => {
      const dir = project(FILES);
      for (let run = 1; run <= 3; run += 1) {
        const options = ['--workers', '2', '--retries', '0', '--tier', tier];
        const { status, report } = await runShell(dir, options);
        assert.equal(status, 7);
        assert.deepEqual(outcomes(report), {
          'u/culprit.sh': 'tree-mutated',
          'u/victim.sh': 'tree-mutated',
        });
        assert.match(
          reasonOf(report, 'u/victim.sh'),
          /^a victim of .*(?:data\.txt was removed|HEAD was moved from main .*) by pid \d+ \(git checkout --quiet other\) of command:u\/culprit\.sh; exit status 1/,
        );
        assert.match(
          reasonOf(report, 'u/culprit.sh'),
          /^HEAD was moved from main \(\w+\) to other \(\w+\).*; exit status 0/,
        );
        const trip = tripsOf(dir, report).find(({ what }) => what === 'data.txt');
        assert.equal(trip?.culprit, 'command:u/culprit.sh');
        assert.deepEqual([...(trip?.running ?? [])].toSorted(), [
          'command:u/culprit.sh',
          'command:u/victim.sh',
        ]);
        assert.equal(trip?.process?.command, 'git checkout --quiet other');
        assert.ok((trip?.process?.pid ?? 0) > 1);
        // Git may be seen in a process that it has started itself.
        const parents = trip?.process?.parents.map(({ command }) => command) ?? [];
        assert.ok(parents.includes('sh updater.sh'), parents.join(' < '));
        filter(dir, 'cat');
        git(dir, 'checkout', '--quiet', '--force', 'main');
        filter(dir, 'sh filter.sh');
        for (const name of readdirSync(join(dir, '.sync'))) unlinkSync(join(dir, '.sync', name));
      }
    });
  }

  test('does no harm where it waits until its test is over: it ends with it, and is named', async () => {
    const dir = project({
      ...FILES,
      'u/culprit.sh': 'setsid sh updater.sh >/dev/null 2>&1 & exit 0',
      'u/victim.sh': ': >.sync/victim-runs; cat data.txt',
    });
    const options = ['--workers', '1', '--retries', '0', '--order', 'path'];
    const { status, report } = await runShell(dir, options);
    assert.equal(status, 7);
    assert.deepEqual(outcomes(report), { 'u/culprit.sh': 'leaked', 'u/victim.sh': 'passed' });
    assert.match(reasonOf(report, 'u/culprit.sh'), /sh updater\.sh/);
    assert.equal(git(dir, 'symbolic-ref', '--short', 'HEAD').trim(), 'main');
  });
});
