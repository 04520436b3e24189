import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { test } from 'node:test';
import { endingOfSiginfo, endingOfStatus } from '../../../src/process/native/wait-status.ts';

/** `si_code`: sigaction(2). */
const [CLD_EXITED, CLD_KILLED, CLD_DUMPED] = [1, 2, 3];
const CORE_DUMPED = 0x80;

test('every exit status is read as it is', () => {
  for (let exitCode = 0; exitCode <= 255; exitCode += 1) {
    assert.deepEqual(endingOfStatus(exitCode << 8), { exitCode, signal: null });
    assert.deepEqual(endingOfSiginfo(CLD_EXITED, exitCode), { exitCode, signal: null });
  }
});

test('a signal is read with and without a core', () => {
  const killed = { exitCode: null, signal: 'SIGSEGV' };
  const number = constants.signals.SIGSEGV;
  assert.deepEqual(endingOfStatus(number), killed);
  assert.deepEqual(endingOfStatus(number | CORE_DUMPED), killed);
  assert.deepEqual(endingOfSiginfo(CLD_KILLED, number), killed);
  assert.deepEqual(endingOfSiginfo(CLD_DUMPED, number), killed);
});

test('signals are named as Node names those of its children', () => {
  for (const number of [1, 6, 9, 15, 29]) {
    const { signal } = spawnSync('sh', ['-c', `ulimit -c 0; kill -${number} $$`]);
    assert.equal(endingOfStatus(number).signal, signal);
  }
});
