import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { outcomes, runShell, shellProject } from '../project.ts';

const SECRETS = ['zqalpha77beta', 'zqgamma88delta', 'zqomega99sigma'] as const;
const [FIRST, SECOND, THIRD] = SECRETS;
const ARGS = `--api-key=${FIRST} --password ${SECOND} https://me:${THIRD}@example.org/`;

test('no secret of a command line is in anything that a run keeps', async () => {
  const dir = shellProject({
    'stays.py':
      'import socket, time\ns = socket.create_server(("127.0.0.1", 0))\ntime.sleep(600)\n',
    'stuck.py': 'import os\nr, w = os.pipe()\nos.read(r, 1)\n',
    'u/leaks.sh': `setsid python3 stays.py ${ARGS} > /dev/null 2>&1 & sleep 0.5\n`,
    'u/hangs.sh': `python3 stuck.py ${ARGS}\n`,
  });
  const { report, stdout, stderr } = await runShell(dir, ['--retries', '0', '--timeout', '2s']);
  assert.deepEqual(outcomes(report), { 'u/hangs.sh': 'hung', 'u/leaks.sh': 'leaked' });
  const leak = report.units.find(({ outcome }) => outcome === 'leaked')?.attempts[0]?.leaks[0];
  assert.match(leak?.command ?? '', /python3 stays\.py --api-key=\[redacted\]/);
  const kept = [join(dir, '.pindown'), join(dir, 'out')].flatMap((root) =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const name of ['events.ndjson', 'report.json', 'hang.json', 'hang.md', 'history.sqlite']) {
    assert.ok(
      kept.some((file) => file.endsWith(`/${name}`)),
      `no ${name} among ${kept.join('\n')}`,
    );
  }
  const texts = kept.map((file) => [file, readFileSync(file, 'latin1')] as const);
  for (const [where, text] of [...texts, ['stdout', stdout], ['stderr', stderr]] as const) {
    for (const secret of SECRETS) assert.equal(text.includes(secret), false, where);
  }
});
