import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { untilLetGo, untilStopped } from '../../src/run/hang-hold.ts';

const MEMBER = { startTime: null, command: 'sleep 60', parent: process.pid, foundBy: [] };

test('who was told to stop is held once it has done so', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const over = once(child, 'exit');
  try {
    const members = [{ ...MEMBER, pid: child.pid ?? 0 }];
    const given = AbortSignal.timeout(30_000);
    let stopped = false;
    const stopping = untilStopped(members, given).then(() => (stopped = true));
    // On a loaded machine so much may lie between the signal and its effect.
    await pause(300);
    assert.equal(stopped, false);
    child.kill('SIGSTOP');
    await stopping;
    const held = untilLetGo(members, given);
    child.kill('SIGCONT');
    assert.equal(await held, true);
  } finally {
    child.kill('SIGKILL');
    await over;
  }
});
