import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoDump } from '../../../src/hang/probes/go/go-dump.ts';

const DUMP = `SIGQUIT: quit
PC=0x46b1a1 m=0 sigcode=0

goroutine 1 [chan receive, 2 minutes]:
main.wait(...)
\t/src/app/main.go:9
main.main()
\t/src/app/main.go:14 +0x85

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
