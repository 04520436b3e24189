import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import type { FutexShape } from '../../src/hang/graph/wait.ts';
import { named, programsOf } from './corpus.ts';
import { Hanging, unavailable } from './hanging.ts';
import { assertStatedRoot, describeSlow, testTwoProgramsEach } from './shared-tests.ts';

const CLASSES = [
  'file-lock-cycle',
  'file-lock-held',
  'lock-without-owner',
  'lost-wake-up',
  'mutex-cycle',
  'mutex-owner-gone',
  'parent-waits-child',
  'self-deadlock',
  'signal-never-delivered',
  'stopped-by-signal',
  'stopped-by-terminal-io',
  'teardown-order',
  'traced',
  'uninterruptible',
  'vfork-parent',
  'worker-or-atomics',
  'zombie-unreaped',
];

/** Those that have to be asked from inside belong to their language's tests. */
const programs = programsOf(CLASSES).filter(({ allowed }) =>
  allowed.every((disturbance) => disturbance === 'nothing'),
);

/** Nothing in them can go on, whatever happens in their trees; the others wait for a signal or the like. */
const PROVEN = new Set([
  'file-lock-cycle',
  'lock-without-owner',
  'lost-wake-up',
  'mutex-cycle',
  'self-deadlock',
  'stopped-by-signal',
  'stopped-by-terminal-io',
  'teardown-order',
  'worker-or-atomics',
]);

/** What the futex is taken for, by what lies around it in memory. */
const SHAPES: Readonly<Record<string, FutexShape>> = {
  'c/fork-with-held-mutex.c': 'mutex',
  'c/read-then-write.c': 'read-write-lock',
  'c/semaphore-never-posted.c': 'semaphore',
  'c/semaphore-of-two-processes.c': 'semaphore',
  'c/shared-mutex-of-dead-process.c': 'mutex',
  'c/signalled-before-wait.c': 'condition',
  'c/two-mutexes.c': 'mutex',
  'cpp/join-under-lock.cpp': 'join',
  'cpp/notify-one-of-two.cpp': 'condition',
  'rust/park-without-unpark.rs': 'parked',
  'rust/read-then-write.rs': 'read-write-lock',
  'rust/sender-kept.rs': 'parked',
  'rust/two-mutexes.rs': 'lock',
};

describe('hangs on locks, signals and children', { concurrency: 3 }, () => {
  testTwoProgramsEach(CLASSES, programs);

  for (const program of programs) {
    test(`${program.name}: ${program.hangs}`, { skip: unavailable(program) }, () =>
      Hanging.during(program, async (hanging) => {
        const { hung, proven, verdict, candidates, scene } = await hanging.look();
        const waits = scene.waits.map(({ thread, what }) => `${thread.tid} ${what}`).join('\n');
        assert.equal(verdict.class, program.hangs, `${verdict.summary}\n${waits}`);
        assert.ok(hung);
        if (PROVEN.has(verdict.class)) assert.ok(proven, waits);
        const shape = SHAPES[program.name];
        const shapes = scene.waits.flatMap(({ futex }) => futex?.shape ?? []);
        if (shape !== undefined) assert.ok(shapes.includes(shape), shapes.join(', '));
        assertStatedRoot(hanging, { candidates });
      }),
    );
  }
});

describeSlow('what is slow on locks, signals and children', 'locks', 3);

describe('a program that was looked at goes on', { concurrency: 3 }, () => {
  const stopped = named('bash/stops-itself.sh');
  test('when it is continued', { skip: unavailable(stopped) }, () =>
    Hanging.during(stopped, async (hanging) => {
      await hanging.look();
      hanging.child.kill('SIGCONT');
      await once(hanging.child, 'exit');
      assert.equal(hanging.child.exitCode, 0, hanging.said);
    }),
  );

  const paused = named('c/handler-ran-before-pause.c');
  test('when the signal comes at last', { skip: unavailable(paused) }, () =>
    Hanging.during(paused, async (hanging) => {
      await hanging.look();
      hanging.child.kill('SIGUSR1');
      await once(hanging.child, 'exit');
      assert.equal(hanging.child.exitCode, 0, hanging.said);
    }),
  );

  const sigwait = named('python/sigwait-for-nothing.py');
  test('with the signal that it took by sigwait', { skip: unavailable(sigwait) }, () =>
    Hanging.during(sigwait, async (hanging) => {
      await hanging.look();
      hanging.child.kill('SIGUSR1');
      await once(hanging.child, 'exit');
      assert.equal(hanging.child.exitCode, 0, hanging.said);
    }),
  );
});
