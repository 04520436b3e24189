import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isAlive } from '../../../src/process/proc-stat.ts';
import { outcomes, runShell, shellProject } from '../project.ts';

/** Writes into all that attempt 1 has of its own, for as long as it lives. */
const WRITER = `while :; do
  for dir in "$1" "$2"; do echo late >>"$dir/late"; done
  echo '{"a":"'"$3"'","type":"test","name":["late"],"outcome":"passed"}' >>"$1/results.ndjson"
  sleep 0.01
done`;

describe('a writer that outlives its attempt', () => {
  for (const tier of ['cgroup', 'subreaper', 'group']) {
    test(`is ended and named, and the next attempt is untouched by it; tier ${tier} at most`, async () => {
      const dir = shellProject({
        'writer.sh': WRITER,
        'u/a.sh': `ls -A "$TMPDIR" >>temps
echo "$PINDOWN_STATE_DIR" >>states
[ -e second ] && exit 0
: >second
setsid sh writer.sh "$PINDOWN_STATE_DIR" "$TMPDIR" "$PINDOWN_ATTEMPT_ID" >/dev/null 2>&1 &
until [ -e "$TMPDIR/late" ]; do sleep 0.02; done
exit 1`,
      });
      const { report } = await runShell(dir, ['--retries', '1', '--tier', tier]);
      assert.deepEqual(outcomes(report), { 'u/a.sh': 'flaky' });
      const [first, second] = report.units[0]?.attempts ?? [];
      const leak = first?.leaks.find(({ command }) => command.startsWith('sh writer.sh'));
      assert.ok(leak !== undefined, 'the writer is named');
      assert.equal(isAlive(leak.pid, leak.startTime), false);
      assert.deepEqual(second?.leaks, []);
      assert.equal(second?.outcome, 'passed');
      assert.equal(readFileSync(join(dir, 'temps'), 'utf8'), '');
      const [one, two] = readFileSync(join(dir, 'states'), 'utf8').trim().split('\n');
      assert.ok(existsSync(join(one ?? '', 'late')), 'what it wrote is kept with its own attempt');
      assert.ok(!readdirSync(two ?? '').includes('late'));
      assert.ok(second?.tests.every(({ name }) => name !== 'late'));
    });
  }
});
