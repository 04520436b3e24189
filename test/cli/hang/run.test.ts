import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { outcomes, runShell, shellProject } from '../project.ts';

/** Units in which nothing moves for longer than that, and which come to their end all the same. */
const SLOW = {
  'u/slow-answer.sh': `exec python3 -c "
import socket, os, time
a, b = socket.socketpair()
if os.fork() == 0:
    time.sleep(4)
    b.send(b'x')
    os._exit(0)
a.recv(1)
os.wait()"
`,
  'u/slow-pipe.sh': '(sleep 4; echo done) | cat\n',
  'u/slow-sleep.sh': 'sleep 4\n',
};

const HANG = '[hang]\nafter = "1s"\n';

test('a unit that can never go on ends long before its time-out, named, with evidence', async () => {
  const dir = shellProject({
    'pindown.toml': HANG,
    'u/pipe.sh': `exec python3 -c "
import os
r, w = os.pipe()
os.read(r, 1)"
`,
    ...SLOW,
  });
  const { status, report, stdout } = await runShell(dir, [
    '--retries',
    '0',
    '--timeout',
    '60s',
    '--workers',
    '4',
  ]);
  assert.equal(status, 5);
  assert.deepEqual(outcomes(report), {
    'u/pipe.sh': 'hung',
    ...Object.fromEntries(Object.keys(SLOW).map((path) => [path, 'passed'])),
  });
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
  assert.match(stdout, /attempt 1 hung: \S*hang\.md$/m, 'the last screen leads to the page');
  // It was seen alive and blocked, so nothing had been signalled by then.
  assert.notEqual(seen.graph.waits.length, 0);
});
