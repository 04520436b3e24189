import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { outcomes, runShell, shellProject } from '../project.ts';

const HANG = '[hang]\nafter = "1s"\n';

test('a unit that can never go on ends long before its time-out, named, with evidence', async () => {
  const dir = shellProject({
    'pindown.toml': HANG,
    'u/pipe.sh': `exec python3 -c "
import os
r, w = os.pipe()
os.read(r, 1)"
`,
    'u/slow.sh': 'sleep 4\n',
  });
  const { status, report } = await runShell(dir, ['--retries', '0', '--timeout', '60s']);
  assert.equal(status, 5);
  assert.deepEqual(outcomes(report), { 'u/pipe.sh': 'hung', 'u/slow.sh': 'passed' });
  const attempt = report.units.find(({ path }) => path === 'u/pipe.sh')?.attempts[0];
  assert.equal(attempt?.verdict?.class, 'read-self-held-writer');
  const file = attempt?.evidence.find((path) => path.endsWith('hang.json')) ?? '';
  const text = readFileSync(join(dir, '.pindown/runs', report.run.id, file), 'utf8');
  const seen = JSON.parse(text) as { proven: boolean; graph: { waits: { stuck: boolean }[] } };
  assert.equal(seen.proven, true);
  assert.equal(
    seen.graph.waits.every(({ stuck }) => stuck),
    true,
  );
  // It was seen alive and blocked, so nothing had been signalled by then.
  assert.notEqual(seen.graph.waits.length, 0);
});
