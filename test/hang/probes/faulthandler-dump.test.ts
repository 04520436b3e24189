import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFaulthandler } from '../../../src/hang/probes/python/faulthandler-dump.ts';

const DUMP = `Thread 0x00007f0d3c9fe6c0 [worker-1] (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 324 in wait
  File "/src/app.py", line 9 in work

Current thread 0x00007f0d3d2a3740 (most recent call first):
  File "/src/app.py", line ??? in <module>
`;

test('a dump of faulthandler: each thread, its lines and its name', () => {
  const stacks = parseFaulthandler(`some output\n${DUMP}more output\n`);
  assert.deepEqual(
    stacks.map(({ name }) => name),
    ['worker-1', null],
  );
  assert.deepEqual(stacks[0]?.frames[1], { function: 'work', file: '/src/app.py', line: 9 });
  assert.equal(stacks[1]?.frames[0]?.line, null);
});

test('of several dumps in one file the last one counts', () => {
  const stacks = parseFaulthandler(DUMP + DUMP.replaceAll('line 9', 'line 10'));
  assert.equal(stacks.length, 2);
  assert.equal(stacks[0]?.frames[1]?.line, 10);
});
