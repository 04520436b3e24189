import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { Census } from '../../src/process/census.ts';
import { signalProcess } from '../../src/process/proc-stat.ts';

const linux = process.platform === 'linux' ? false : 'there is no /proc';

describe('Census', { skip: linux }, () => {
  test('finds a process at every look, even while it does nothing but exec', async () => {
    const census = Census.fromNow();
    const cookie = `PINDOWN_ATTEMPT_ID=hopper-${process.pid}`;
    // Each exec(2) shows no environment for a moment; there is nothing else to know it by.
    const script =
      'echo ready >&3; exec 3>&-; exec sh -c \'[ "$1" -gt 20000 ] || exec sh -c "$0" "$0" $(($1 + 1))\' \'[ "$1" -gt 20000 ] || exec sh -c "$0" "$0" $(($1 + 1))\' 0';
    const child = spawn('sh', ['-c', script], {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'], [cookie.split('=')[0] ?? '']: cookie.split('=')[1] },
    });
    const ready = child.stdio[3];
    assert.ok(ready !== null && ready !== undefined);
    await once(ready, 'data');
    try {
      for (let look = 0; look < 400; look += 1) {
        const members = await census.members({ leader: null, cookie, outputs: [] });
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
    const cookie = 'PINDOWN_ATTEMPT_ID=before';
    const child = spawn('sleep', ['600'], {
      env: { PATH: process.env['PATH'], PINDOWN_ATTEMPT_ID: 'before' },
    });
    const census = Census.fromNow();
    assert.deepEqual(await census.members({ leader: null, cookie, outputs: [] }), []);
    assert.equal((await Census.ofAll().members({ leader: null, cookie, outputs: [] })).length, 1);
    child.kill();
    await once(child, 'exit');
  });
});
