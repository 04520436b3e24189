import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openKoffi } from '../../../src/process/native/koffi-libc.ts';
import { openSystemCalls } from '../../../src/process/native/load-system-calls.ts';
import { openNodeFfi } from '../../../src/process/native/node-ffi-libc.ts';
import { glibcVersion } from './glibc.ts';
import { lockConformance } from './lock-conformance.ts';
import { pidfdConformance } from './pidfd-conformance.ts';
import { reapingConformance } from './reaping-conformance.ts';
import { spawnConformance } from './spawn-conformance.ts';

// One after the other: a process is a subreaper or is not.
for (const via of ['node:ffi', 'koffi'] as const) {
  const calls = openSystemCalls(via);
  if (typeof calls === 'string') {
    test(`system calls through ${via}`, { skip: calls }, () => undefined);
    continue;
  }
  describe(`system calls through ${via}`, () => {
    test('this machine refuses none of them', () => {
      assert.equal(calls.via, via);
      assert.deepEqual(calls.missing(), []);
    });
    test('free memory is given back where the C library is glibc, and left elsewhere', () => {
      calls.releaseMemory();
      const libc = via === 'koffi' ? openKoffi() : openNodeFfi();
      assert.ok(typeof libc !== 'string');
      const answer = libc.trimming()?.(0n);
      const isGlibc = glibcVersion() !== null;
      assert.ok(isGlibc ? answer === 0 || answer === 1 : answer === undefined, String(answer));
    });
    reapingConformance(calls);
    pidfdConformance(calls);
    lockConformance(calls);
    spawnConformance(calls);
  });
}
