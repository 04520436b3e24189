import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isAlive } from '../../../src/process/proc-stat.ts';
import { outcomes, runShell, shellProject } from '../project.ts';

const SERVER = `import { createServer } from 'node:net';
import { writeFileSync } from 'node:fs';
const server = createServer();
server.listen(Number(process.argv[2]), '127.0.0.1', () => {
  writeFileSync(process.argv[3], String(server.address().port));
  if (process.argv[4] === 'once') server.close();
});
`;

describe('a server that a unit leaves on a port', () => {
  for (const tier of ['cgroup', 'subreaper', 'group']) {
    test(`is ended and its port is named, so that the next unit can bind it; tier ${tier} at most`, async () => {
      const dir = shellProject({
        'server.mjs': SERVER,
        'u/a.sh': `setsid '${process.execPath}' server.mjs 0 port >/dev/null 2>&1 &
until [ -s port ]; do sleep 0.02; done`,
        'u/b.sh': `exec '${process.execPath}' server.mjs "$(cat port)" again once`,
      });
      const options = ['--workers', '1', '--retries', '0', '--order', 'path', '--tier', tier];
      const { status, report } = await runShell(dir, options);
      assert.equal(status, 7);
      assert.deepEqual(outcomes(report), { 'u/a.sh': 'leaked', 'u/b.sh': 'passed' });
      const [leak] = report.units.find(({ path }) => path === 'u/a.sh')?.attempts[0]?.leaks ?? [];
      assert.match(leak?.ports.join() ?? '', /^tcp 127\.0\.0\.1:\d+$/);
      assert.ok(leak !== undefined && !isAlive(leak.pid, leak.startTime));
    });
  }
});
