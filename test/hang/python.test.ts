import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { named, programsOf } from './corpus.ts';
import { Hanging, unavailable } from './hanging.ts';
import { assertStatedRoot, describeSlow, testTwoProgramsEach } from './shared-tests.ts';

const CLASSES = [
  'asyncio-task-never-settles',
  'interpreter-lock-hogged',
  'pool-lost-task',
  'python-lock',
  'thread-join-at-exit',
];

const programs = programsOf(CLASSES);

describe('hangs of Python from inside', { concurrency: 3 }, () => {
  testTwoProgramsEach(CLASSES, programs);

  for (const program of programs) {
    test(`${program.name}: ${program.hangs}`, { skip: unavailable(program) }, () =>
      Hanging.during(program, async (hanging) => {
        const { standing, verdict, candidates } = await hanging.look();
        assert.equal(verdict.class, program.hangs, verdict.summary);
        // Whether a computation ends is not to be told from outside.
        const isOpen = candidates[0]?.undecided !== undefined;
        assert.match(standing, isOpen ? /undecid/ : /stuck/);
        assertStatedRoot(hanging, { candidates });
      }),
    );
  }
});

describeSlow('what is slow in Python', 'python', 3);

const input = named('python/stdin-open.py');
test('a Python whose memory was read goes on', { skip: unavailable(input) }, () =>
  Hanging.during(input, async (hanging) => {
    const { scene } = await hanging.look();
    const [stack] = scene.seen.findings?.flatMap(({ stacks }) => stacks) ?? [];
    assert.match(stack?.frames.at(-1)?.file ?? '', /stdin-open\.py$/);
    hanging.child.stdin?.end('yes\n');
    await once(hanging.child, 'exit');
    assert.equal(hanging.child.exitCode, 0, hanging.said);
  }),
);
