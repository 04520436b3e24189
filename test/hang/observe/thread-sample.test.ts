import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleThread } from '../../../src/hang/observe/thread-sample.ts';
import { readProcStat } from '../../../src/process/proc-stat.ts';

const KTHREADD = 2;

test(
  'a thread of the kernel is in no system call, and does not read descriptor 0',
  {
    skip: readProcStat(KTHREADD)?.command === 'kthreadd' ? false : 'no thread of the kernel shows',
  },
  () => {
    assert.equal(sampleThread(KTHREADD, KTHREADD)?.syscall, null);
  },
);
