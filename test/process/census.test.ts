import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { Census } from '../../src/process/census.ts';
import { signalProcess } from '../../src/process/proc-stat.ts';
import { tickAfter } from './tick-after.ts';

const linux = process.platform === 'linux' ? false : 'there is no /proc';

describe('Census', { skip: linux }, () => {
  test('finds a process at every look, even while it does nothing but exec', async () => {
    const census = Census.fromNow();
    const lineage = `run/hopper-${process.pid}`;
    // Each exec(2) shows no environment for a moment; there is nothing else to know it by.
    const script =
      'echo ready >&3; exec 3>&-; exec sh -c \'[ "$1" -gt 20000 ] || exec sh -c "$0" "$0" $(($1 + 1))\' \'[ "$1" -gt 20000 ] || exec sh -c "$0" "$0" $(($1 + 1))\' 0';
    const child = spawn('sh', ['-c', script], {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'], PINDOWN_LINEAGE: lineage },
    });
    const ready = child.stdio[3];
    assert.ok(ready !== null && ready !== undefined);
    await once(ready, 'data');
    try {
      for (let look = 0; look < 400; look += 1) {
        const members = await census.members({ leader: null, lineage, outputs: [] });
        assert.deepEqual(
          members.map(({ pid }) => pid),
          [child.pid],
          `look ${look}`,
        );
      }
    } finally {
      signalProcess(-(child.pid ?? 0), 'SIGKILL');
      await once(child, 'exit');
    }
  });

  test('takes nobody who was there before for its own', async () => {
    const lineage = 'run/before';
    const child = spawn('sleep', ['600'], {
      env: { PATH: process.env['PATH'], PINDOWN_LINEAGE: lineage },
    });
    const census = Census.fromNow();
    assert.deepEqual(await census.members({ leader: null, lineage, outputs: [] }), []);
    assert.equal((await Census.ofAll().members({ leader: null, lineage, outputs: [] })).length, 1);
    child.kill();
    await once(child, 'exit');
  });

  test("still finds an orphan of one attempt after a look for another attempt's", async () => {
    const census = Census.fromNow();
    const lineage = `run/orphan-${process.pid}`;
    // The shell in between ends at once, so that the kernel gives its child to somebody else.
    const child = spawn('sh', ['-c', 'sleep 600 >/dev/null & echo $!'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'], PINDOWN_LINEAGE: lineage },
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    await once(child, 'exit');
    const orphan = Number(line);
    try {
      const other = { leader: null, lineage: 'run/other', outputs: [] };
      assert.deepEqual(await census.members(other), []);
      const found = await census.members({ leader: null, lineage, outputs: [] });
      assert.deepEqual(
        found.map(({ pid }) => pid),
        [orphan],
      );
    } finally {
      signalProcess(orphan, 'SIGKILL');
    }
  });

  test('of all takes nobody for a stranger: what a dead Pindown started is older', async () => {
    const lineage = `run/left-${process.pid}`;
    const left = spawn('sh', ['-c', 'sleep 600 & echo up; wait'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'], PINDOWN_LINEAGE: lineage },
    });
    await once(left.stdout, 'data');
    await tickAfter(left.pid ?? 0);
    const script = `
      import { Census } from '${import.meta.resolve('../../src/process/census.ts')}';
      const census = Census.ofAll();
      await census.members({ leader: null, lineage: 'run/other', outputs: [] });
      const found = await census.members({ leader: null, lineage: '${lineage}', outputs: [] });
      process.stdout.write(String(found.length));
    `;
    try {
      const next = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = (await once(next.stdout, 'data')) as [Buffer];
      assert.equal(Number(line), 2);
    } finally {
      signalProcess(-(left.pid ?? 0), 'SIGKILL');
    }
  });
});
