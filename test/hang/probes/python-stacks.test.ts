import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObservedThread } from '../../../src/hang/observe/observation.ts';
import { pythonStacks } from '../../../src/hang/probes/python/python-stacks.ts';
import { named } from '../corpus.ts';
import { Hanging, unavailable } from '../hanging.ts';

const soFar = (): void => assert.fail('it has its answer at once');

const program = named('python/locks-in-opposite-order.py');

test(
  'what a thread waited for is left out where it ran before its frames were read',
  { skip: unavailable(program) },
  () =>
    Hanging.during(program, async (hanging) => {
      const { seen, process } = await hanging.observed();
      const { signal } = new AbortController();
      const stood = await pythonStacks.run(process, { seen, signal, soFar });
      assert.equal(stood.stacks.filter(({ waitsFor }) => waitsFor !== undefined).length, 3);

      const moved = { ...process, threads: process.threads.map(aSwitchAgo) };
      const { stacks } = await pythonStacks.run(moved, { seen, signal, soFar });
      assert.equal(stacks.length, 3);
      assert.deepEqual(
        stacks.flatMap(({ waitsFor }) => waitsFor ?? []),
        [],
      );
    }),
);

function aSwitchAgo({ pid, before, now }: ObservedThread): ObservedThread {
  return {
    pid,
    before: { ...before, voluntarySwitches: before.voluntarySwitches - 1 },
    now: { ...now, voluntarySwitches: now.voluntarySwitches - 1 },
  };
}
