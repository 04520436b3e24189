import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { test } from 'node:test';
import { disproofOf } from '../../../src/process/native/disproof-of.ts';
import type { Libc } from '../../../src/process/native/libc.ts';

const { ECHILD, EINVAL } = constants.errno;

const RIGHT: Libc = {
  via: 'koffi',
  getpid: () => process.pid,
  waitpid: () => -1,
  errno: () => ECHILD,
  trimming: () => null,
  spawning: () => null,
  prctl: () => 0,
  waitid: () => 0,
  fcntl: () => 0,
  syscall: () => 0,
  getrlimit: () => 0,
  setrlimit: () => 0,
};

test('a library that answers rightly is not disproved', () => {
  assert.equal(disproofOf(RIGHT), null);
});

test('a wrong answer disproves it, whatever its shape', () => {
  for (const wrong of [undefined, Number.NaN, 0, process.pid + 1]) {
    const getpid = () => wrong as number;
    assert.equal(
      disproofOf({ ...RIGHT, getpid }),
      `getpid() gives ${wrong} instead of ${process.pid}`,
    );
  }
  const reaped = disproofOf({ ...RIGHT, waitpid: () => 0 });
  assert.equal(reaped, 'waitpid() of our own pid gives 0 with errno 0');
});

test('a wrong errno disproves it', () => {
  const said = disproofOf({ ...RIGHT, errno: () => EINVAL });
  assert.equal(said, `waitpid() of our own pid gives -1 with errno ${EINVAL}`);
});
