import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoDump } from '../../../src/hang/probes/go/go-dump.ts';

const DUMP = `SIGQUIT: quit
PC=0x46b1a1 m=0 sigcode=0

goroutine 0 [idle]:
runtime.futex()
\t/usr/lib/go-1.19/src/runtime/sys_linux_amd64.s:559 +0x21 fp=0x7ffd917467b0 sp=0x7ffd917467a8 pc=0x45f081
runtime.mcall()
\t/usr/lib/go-1.19/src/runtime/asm_amd64.s:448 +0x43 fp=0x7ffd917469d0 sp=0x7ffd917469c0 pc=0x45b0e3

goroutine 1 [chan receive, 2 minutes]:
main.wait(...)
\t/src/app/main.go:9
main.main()
\t/src/app/main.go:14 +0x85 fp=0xc000088f80 sp=0xc000088f10 pc=0x481abc
runtime.main()
\t/usr/lib/go-1.19/src/runtime/proc.go:250 +0x212 fp=0xc000088fe0 sp=0xc000088f80 pc=0x434012
runtime.goexit()
\t/usr/lib/go-1.19/src/runtime/asm_amd64.s:1594 +0x1 fp=0xc000088fe8 sp=0xc000088fe0 pc=0x45d1e1

goroutine 2 [force gc (idle)]:
runtime.gopark(0x0?, 0x0?, 0x0?, 0x0?, 0x0?)
\t/usr/lib/go-1.19/src/runtime/proc.go:363 +0xd6 fp=0xc000038fb0 sp=0xc000038f90 pc=0x4343d6
runtime.forcegchelper()
\t/usr/lib/go-1.19/src/runtime/proc.go:302 +0xad fp=0xc000038fe0 sp=0xc000038fb0 pc=0x43426d
runtime.goexit()
\t/usr/lib/go-1.19/src/runtime/asm_amd64.s:1594 +0x1 fp=0xc000038fe8 sp=0xc000038fe0 pc=0x45d1e1
created by runtime.init.6
\t/usr/lib/go-1.19/src/runtime/proc.go:290 +0x25

goroutine 18 [select (no cases), locked to thread]:
main.main.func1()
\t/src/app/main.go:12 +0x25
created by main.main in goroutine 1
\t/src/app/main.go:11 +0x5f

goroutine 19 gp=0xc000007340 m=nil [sync.Mutex.Lock]:
sync.(*Mutex).Lock(0xc0000140a0)
\t/usr/local/go/src/sync/mutex.go:90 +0x1d

goroutine 18 [select (no cases), locked to thread]:
main.main.func1()
\t/src/app/main.go:12 +0x25

rax    0xca
`;

test('a dump of Go: each goroutine once, its state and its lines', () => {
  const stacks = parseGoDump(DUMP);
  assert.deepEqual(
    stacks.map(({ name, state }) => [name, state]),
    [
      ['goroutine 1', 'chan receive'],
      ['goroutine 18', 'select (no cases)'],
      ['goroutine 19', 'sync.Mutex.Lock'],
    ],
  );
  assert.deepEqual(stacks[0]?.frames, [
    { function: 'main.wait', file: '/src/app/main.go', line: 9 },
    { function: 'main.main', file: '/src/app/main.go', line: 14 },
    { function: 'runtime.main', file: '/usr/lib/go-1.19/src/runtime/proc.go', line: 250 },
  ]);
  assert.deepEqual(
    stacks[1]?.frames.map(({ line }) => line),
    [12],
    'who created it is none of its frames',
  );
  assert.equal(stacks[2]?.frames[0]?.function, 'sync.(*Mutex).Lock');
});

test('a text without goroutines has nothing', () => {
  assert.deepEqual(parseGoDump('goroutine leak detected\nok'), []);
});
