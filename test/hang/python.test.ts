import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { everyProgram, programsOf, slowOf } from './corpus.ts';
import { Hanging, isStatedRoot, unavailable } from './hanging.ts';

const CLASSES = [
  'asyncio-task-never-settles',
  'interpreter-lock-hogged',
  'pool-lost-task',
  'python-lock',
  'thread-join-at-exit',
];

const programs = programsOf(CLASSES);

describe('hangs of Python from inside', { concurrency: 3 }, () => {
  test('each class has two programs', () => {
    for (const name of CLASSES) {
      assert.ok(programs.filter(({ hangs }) => hangs === name).length >= 2, name);
    }
  });

  for (const program of programs) {
    test(`${program.name}: ${program.hangs}`, { skip: unavailable(program) }, () =>
      Hanging.during(program, async (hanging) => {
        const { standing, verdict, candidates } = await hanging.look();
        assert.equal(verdict.class, program.hangs, verdict.summary);
        // Whether a computation ends is not to be told from outside.
        const isOpen = candidates[0]?.undecided !== undefined;
        assert.match(standing, isOpen ? /undecid/ : /stuck/);
        const root = candidates[0]?.root;
        assert.ok(isStatedRoot(hanging, root), `root ${JSON.stringify(root)} of ${hanging.pid}`);
      }),
    );
  }
});

describe('what is slow in Python', { concurrency: 3 }, () => {
  for (const program of slowOf('python')) {
    test(`${program.name}: ${program.progresses}`, { skip: unavailable(program) }, () =>
      Hanging.during(program, async (slow) => {
        for (let look = 0; look < 3 && slow.child.exitCode === null; look += 1) {
          const { hung, verdict } = await slow.look();
          if (slow.child.exitCode !== null) break;
          assert.ok(!hung, `${verdict.class}: ${verdict.summary}`);
        }
        if (slow.child.exitCode === null) await once(slow.child, 'exit');
        assert.equal(slow.child.exitCode, 0, slow.said);
      }),
    );
  }
});

const input = everyProgram().find(({ name }) => name === 'python/stdin-open.py');
assert.ok(input !== undefined);
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
