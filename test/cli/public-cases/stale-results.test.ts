import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { outcomes, readReport, runShell, shellProject } from '../project.ts';
import { runBin } from '../run-bin.ts';
import { noticesOf, reasonOf } from './git-case.ts';

describe('a result of an earlier holder of the same id', () => {
  test('can never be there: the directory of an attempt is new, in this run and in the next', async () => {
    const dir = shellProject({
      'u/a.sh': `echo "$PINDOWN_STATE_DIR" >>states
[ ! -e "$PINDOWN_STATE_DIR/result.json" ] || { echo stale; exit 0; }
[ ! -e "$TMPDIR/result.json" ] || { echo stale; exit 0; }
echo '{"ok": true}' | tee "$PINDOWN_STATE_DIR/result.json" >"$TMPDIR/result.json"
kill -KILL $$`,
    });
    for (let run = 1; run <= 2; run += 1) {
      const { report } = await runShell(dir, ['--retries', '1']);
      assert.deepEqual(outcomes(report), { 'u/a.sh': 'crashed' });
      assert.equal(report.units[0]?.attempts.length, 2);
    }
    const states = readFileSync(join(dir, 'states'), 'utf8').trim().split('\n');
    assert.equal(new Set(states).size, 4);
    // What each left is kept beside its other evidence.
    for (const state of states) assert.ok(existsSync(join(state, 'result.json')));
  });

  test('is refused, kept and named where it is written into another attempt’s results', async () => {
    const dir = shellProject({
      'package.json': '{"type": "module"}',
      'test/a.test.js': `import { test } from 'node:test';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
const results = process.env.PINDOWN_STATE_DIR + '/results.ndjson';
test('fails', () => {
  const id = process.env.PINDOWN_ATTEMPT_ID;
  if (!existsSync('old')) writeFileSync('old', id);
  else {
    const record = { a: readFileSync('old', 'utf8'), type: 'test', name: ['stale'], outcome: 'passed' };
    appendFileSync(results, JSON.stringify(record) + '\\n');
  }
  throw new Error('really');
});
`,
    });
    const { status } = await runBin(dir, ['run', '--retries', '1', '--out', 'out']);
    assert.equal(status, 1);
    const report = readReport(join(dir, 'out', 'report.json'));
    const [first, second] = report.units[0]?.attempts ?? [];
    assert.deepEqual(
      [first, second].map((attempt) => attempt?.tests.map(({ name }) => name)),
      [['fails'], ['fails']],
    );
    const refused = noticesOf(dir, report).filter(({ code }) => code === 'record-refused');
    assert.equal(refused.length, 1);
    assert.ok(refused[0]?.message.includes(`written by another attempt (${first?.id}`));
    assert.ok(refused[0]?.message.includes(second?.id ?? 'none'));
    assert.match(reasonOf(report, 'test/a.test.js'), /"fails" failed/);
    const results = join(
      dir,
      '.pindown/runs',
      report.run.id,
      `attempts/${second?.id}/results.ndjson`,
    );
    assert.match(readFileSync(results, 'utf8'), /"stale"/);
  });
});
