import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import type { Verdict } from '../../src/core/verdict.ts';
import { named, type Program, programsOf } from './corpus.ts';
import { Hanging, unavailable } from './hanging.ts';
import { assertStatedRoot, describeSlow, testTwoProgramsEach } from './shared-tests.ts';

const CLASSES = [
  'accept-without-client',
  'child-waits-stdin',
  'connect-without-answer',
  'fifo-without-partner',
  'grandchild-holds-stdout',
  'leaked-writer-end',
  'mutual-read',
  'orphaned-receive',
  'output-back-pressure',
  'pipe-back-pressure',
  'read-self-held-writer',
  'signal-wakeup-full',
  'silent-peer',
  'waits-on-stdin',
];

const programs = programsOf(CLASSES);

describe('hangs on channels', { concurrency: 3 }, () => {
  testTwoProgramsEach(CLASSES, programs);

  for (const program of programs) {
    test(`${program.name}: ${program.hangs}`, { skip: unavailable(program) }, () =>
      Hanging.during(program, async (hanging) => {
        const { hung, verdict, candidates, scene } = await hanging.look();
        const waits = scene.waits.map(({ thread, what }) => `${thread.pid} ${what}`).join('\n');
        assert.equal(verdict.class, program.hangs, `${verdict.summary}\n${waits}`);
        assert.ok(hung);
        assertStatedRoot(hanging, { candidates });
      }),
    );
  }
});

describeSlow('what is slow on channels', 'channels', 3);

describe('a program that was looked at goes on', { concurrency: 3 }, () => {
  const input = named('python/stdin-open.py');
  test('with its input, when that comes', { skip: unavailable(input) }, () =>
    Hanging.during(input, async (hanging) => {
      await hanging.look();
      hanging.child.stdin?.end('yes\n');
      await once(hanging.child, 'exit');
      assert.equal(hanging.child.exitCode, 0, hanging.said);
    }),
  );

  const output = named('python/stdout-nobody-reads.py');
  test('with its output, when that is taken', { skip: unavailable(output) }, () =>
    Hanging.during(output, async (hanging) => {
      await hanging.look();
      let taken = 0;
      hanging.child.stdout?.on('data', (data: Buffer) => {
        taken += data.length;
      });
      await once(hanging.child, 'close');
      assert.equal(hanging.child.exitCode, 0, hanging.said);
      assert.equal(taken, 2_000_001);
    }),
  );

  const loop = named('python/seed-live-loop-orphaned-receive.py');
  test('with a signal, where its loop lives', { skip: unavailable(loop) }, () =>
    Hanging.during(loop, async (hanging) => {
      await hanging.look();
      hanging.child.kill('SIGUSR1');
      while (!hanging.said.includes('went on')) {
        await once(hanging.child.stdout ?? hanging.child, 'data');
      }
    }),
  );
});

const starvedLoop = named('python/seed-starved-loop.py');
test(
  'two hangs that look the same are told apart by the wake-up of their loops',
  { skip: unavailable(starvedLoop) },
  async () => {
    const starved = await verdictOf(starvedLoop);
    const orphaned = await verdictOf(named('python/seed-live-loop-orphaned-receive.py'));
    assert.equal(starved.class, 'signal-wakeup-full');
    assert.match(
      starved.decidedBy.join('\n'),
      /is full: a signal's write returns EAGAIN, and \d+ bytes are unread/,
    );
    assert.match(starved.ruledOut.join('\n'), /a live loop/);
    assert.equal(orphaned.class, 'orphaned-receive');
    assert.match(
      orphaned.decidedBy.join('\n'),
      /is polled and drained, so that a signal's write returns 1/,
    );
  },
);

const inFlight = named('python/end-in-flight.py');
test('an end that nobody shows proves nothing', { skip: unavailable(inFlight) }, () =>
  Hanging.during(inFlight, async (hanging) => {
    const { hung, proven, verdict, scene } = await hanging.look();
    const said = { hung, proven, class: verdict.class };
    assert.deepEqual(said, { hung: false, proven: false, class: 'unknown' });
    assert.equal(scene.waits[0]?.kind, 'pipe-read');
  }),
);

async function verdictOf(program: Program): Promise<Verdict> {
  return Hanging.during(program, async (hanging) => (await hanging.look()).verdict);
}
