import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBacktraces } from '../../../src/hang/probes/native/backtraces.ts';

const TEXT = `[New LWP 16148]
futex_wait (private=0, expected=2) at ../sysdeps/nptl/futex-internal.h:146
146\t../sysdeps/nptl/futex-internal.h: No such file or directory.

Thread 2 (Thread 0x7ff26a91d6c0 (LWP 16148) "a (name)"):
#0  futex_wait (private=..., expected=...) at ../sysdeps/nptl/futex-internal.h:146
#1  0x00007ff26aa8a482 in lll_mutex_lock_optimized (mutex=...) at ./nptl/pthread_mutex_lock.c:48
#8  0x000056524028e2a5 in operator() (__closure=...) at /src/app dir/main.cc:7
#9  0x000056524028e632 in std::__invoke_impl<void, main()::<lambda()> >(std::__invoke_other, struct {...} &&) (__f=...) at /usr/include/c++/12/bits/invoke.h:61
#14 0x00007ff26acd44a3 in ?? () from /lib/x86_64-linux-gnu/libstdc++.so.6

Thread 1 (LWP 16146):
#0  0x00007ff26aa8a482 in main ()
[Inferior 1 (process 16146) detached]
`;

test('backtraces of gdb: each thread with its name, its functions and their lines', () => {
  const [second, first, ...more] = parseBacktraces(TEXT);
  assert.deepEqual(more, []);
  assert.equal(second?.tid, 16_148);
  assert.equal(second?.name, 'a (name)');
  assert.deepEqual(second?.frames, [
    { function: 'futex_wait', file: '../sysdeps/nptl/futex-internal.h', line: 146 },
    { function: 'lll_mutex_lock_optimized', file: './nptl/pthread_mutex_lock.c', line: 48 },
    { function: 'operator()', file: '/src/app dir/main.cc', line: 7 },
    {
      function:
        'std::__invoke_impl<void, main()::<lambda()> >(std::__invoke_other, struct {...} &&)',
      file: '/usr/include/c++/12/bits/invoke.h',
      line: 61,
    },
    { function: '??', file: null, line: null },
  ]);
  assert.deepEqual(first, {
    language: 'native',
    of: 'thread',
    tid: 16_146,
    name: null,
    frames: [{ function: 'main', file: null, line: null }],
  });
});

test('a text without threads has nothing', () => {
  assert.deepEqual(parseBacktraces('ptrace: Operation not permitted.\n'), []);
});
