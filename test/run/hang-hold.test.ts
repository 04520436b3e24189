import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { untilLetGo } from '../../src/run/hang-hold.ts';

const MEMBER = { startTime: null, command: 'sleep 60', parent: process.pid, foundBy: [] };

test('who was told to stop and has not yet done so was not let go on', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const over = once(child, 'exit');
  try {
    let letGo: boolean | null = null;
    const held = untilLetGo([{ ...MEMBER, pid: child.pid ?? 0 }], AbortSignal.timeout(30_000));
    void held.then((how) => (letGo = how));
    // On a loaded machine so much may lie between the signal and its effect.
    await pause(300);
    assert.equal(letGo, null);
    child.kill('SIGSTOP');
    await pause(600);
    assert.equal(letGo, null);
    child.kill('SIGCONT');
    assert.equal(await held, true);
  } finally {
    child.kill('SIGKILL');
    await over;
  }
});
