import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { outcomes, runShell, shellProject } from '../project.ts';
import { noticesOf, reasonOf, tripsOf } from './git-case.ts';

const AWAIT = 'await() { until [ -e "$1" ]; do sleep 0.02; done; }';

describe('a unit that prunes the temporary directories of its siblings', () => {
  test('is among the few that are named, and the sibling says what happened to it', async () => {
    const dir = shellProject({
      'u/pruner.sh': `${AWAIT}; await victim-runs; (cd "$TMPDIR/.." && rm -rf ./*); : >pruned; await victim-done`,
      // Both go on for long enough to be there when it is noticed, also on a loaded machine.
      'u/victim.sh': `${AWAIT}; : >victim-runs; await pruned
echo x >"$TMPDIR/file"; status=$?; sleep 1; : >victim-done; exit $status`,
    });
    const { status, report } = await runShell(dir, ['--workers', '2', '--retries', '0']);
    assert.equal(status, 1);
    assert.deepEqual(outcomes(report), { 'u/pruner.sh': 'passed', 'u/victim.sh': 'failed' });
    assert.match(
      reasonOf(report, 'u/victim.sh'),
      /pd-[\w-]+\/\d was removed .*command:u\/pruner\.sh.*; exit status/,
    );
    const removed = tripsOf(dir, report).filter(({ change }) => change === 'removed');
    assert.ok(removed.length >= 1);
    const left = noticesOf(dir, report).find(({ code }) => code === 'not-given-back');
    assert.match(left?.message ?? '', /somebody removed the file by which it is proven/);
    for (const trip of removed) {
      assert.deepEqual([...trip.running].toSorted(), [
        'command:u/pruner.sh',
        'command:u/victim.sh',
      ]);
    }
  });

  test('does no harm where it prunes what it takes for the shared one', async () => {
    const dir = shellProject({
      'u/pruner.sh': `${AWAIT}; await victim-runs; rm -rf "$TMPDIR"/*; : >pruned`,
      'u/victim.sh': `${AWAIT}; echo x >"$TMPDIR/file"; : >victim-runs; await pruned; cat "$TMPDIR/file"`,
    });
    const { status, report } = await runShell(dir, ['--workers', '2', '--retries', '0']);
    assert.equal(status, 0);
    const removed = tripsOf(dir, report).filter(({ change }) => change === 'removed');
    assert.deepEqual(removed, []);
  });
});
