import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { test } from 'node:test';
import { describeFault } from '../../../src/core/errors.ts';
import { errnoName, SystemCallError } from '../../../src/process/native/system-call-error.ts';

test('an errno has its usual name, where it has one', () => {
  assert.equal(errnoName(constants.errno.ECHILD), 'ECHILD');
  assert.equal(errnoName(constants.errno.EAGAIN), 'EAGAIN', 'not EWOULDBLOCK, which is the same');
  assert.equal(errnoName(4095), 'errno 4095');
});

test("is told of as Node's own faults are", () => {
  const fault = new SystemCallError('waitid', constants.errno.EINVAL, 'pid 17');
  assert.equal(fault.message, 'EINVAL: waitid failed on pid 17');
  assert.equal(describeFault(fault), 'EINVAL (waitid)');
});
