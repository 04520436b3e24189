import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { type Program, programsOf, slowOf } from './corpus.ts';
import { Hanging, isStatedRoot, unavailable } from './hanging.ts';

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
  test('each class has two programs', () => {
    for (const name of CLASSES) {
      assert.ok(programs.filter(({ hangs }) => hangs === name).length >= 2, name);
    }
  });

  for (const program of programs) {
    test(`${program.name}: ${program.hangs}`, { skip: unavailable(program) }, async () => {
      await using hanging = await Hanging.start(program);
      const { hung, verdict, candidates, scene } = await hanging.look();
      const waits = scene.waits.map(({ thread, what }) => `${thread.pid} ${what}`).join('\n');
      assert.equal(verdict.class, program.hangs, `${verdict.summary}\n${waits}`);
      assert.ok(hung);
      const root = candidates[0]?.root;
      assert.ok(isStatedRoot(hanging, root), `root ${JSON.stringify(root)} of ${hanging.pid}`);
    });
  }
});

describe('what is slow on channels', { concurrency: 3 }, () => {
  for (const program of slowOf('channels')) {
    test(`${program.name}: ${program.progresses}`, { skip: unavailable(program) }, async () => {
      await using slow = await Hanging.start(program);
      for (let look = 0; look < 3 && slow.child.exitCode === null; look += 1) {
        const { hung, proven, verdict } = await slow.look();
        if (slow.child.exitCode !== null) break;
        assert.ok(!hung && !proven, `${verdict.class}: ${verdict.summary}`);
      }
      if (slow.child.exitCode === null) await once(slow.child, 'exit');
      assert.equal(slow.child.exitCode, 0, slow.said);
    });
  }
});

describe('a program that was looked at goes on', { concurrency: 3 }, () => {
  test('with its input, when that comes', async (t) => {
    await using hanging = await lookedAt('python/stdin-open.py', t.skip.bind(t));
    if (hanging === null) return;
    hanging.child.stdin?.end('yes\n');
    await once(hanging.child, 'exit');
    assert.equal(hanging.child.exitCode, 0, hanging.said);
  });

  test('with its output, when that is taken', async (t) => {
    await using hanging = await lookedAt('python/stdout-nobody-reads.py', t.skip.bind(t));
    if (hanging === null) return;
    let taken = 0;
    hanging.child.stdout?.on('data', (data: Buffer) => {
      taken += data.length;
    });
    await once(hanging.child, 'close');
    assert.equal(hanging.child.exitCode, 0, hanging.said);
    assert.equal(taken, 2_000_001);
  });

  test('with a signal, where its loop lives', async (t) => {
    await using hanging = await lookedAt(
      'python/seed-live-loop-orphaned-receive.py',
      t.skip.bind(t),
    );
    if (hanging === null) return;
    hanging.child.kill('SIGUSR1');
    while (!hanging.said.includes('went on'))
      await once(hanging.child.stdout ?? hanging.child, 'data');
  });
});

test('two hangs that look the same are told apart by the wake-up of their loops', async (t) => {
  const starved = await verdictOf('python/seed-starved-loop.py');
  const orphaned = await verdictOf('python/seed-live-loop-orphaned-receive.py');
  if (starved === null || orphaned === null) return t.skip('python3 is not installed');
  assert.equal(starved.class, 'signal-wakeup-full');
  assert.match(
    starved.decidedBy.join('\n'),
    /is full: a signal's write returns EAGAIN, and \d+ bytes/,
  );
  assert.match(starved.ruledOut.join('\n'), /a live loop/);
  assert.equal(orphaned.class, 'orphaned-receive');
  assert.match(
    orphaned.decidedBy.join('\n'),
    /is polled and drained, so that a signal's write returns 1/,
  );
});

test('an end that nobody shows proves nothing', async (t) => {
  const [program] = programsOf(['unknown']).filter(({ name }) => name.endsWith('in-flight.py'));
  assert.ok(program !== undefined);
  const why = unavailable(program);
  if (why !== false) return t.skip(why);
  await using hanging = await Hanging.start(program);
  const { hung, proven, verdict, scene } = await hanging.look();
  assert.deepEqual(
    { hung, proven, class: verdict.class },
    { hung: false, proven: false, class: 'unknown' },
  );
  assert.equal(scene.waits[0]?.kind, 'pipe-read');
});

async function verdictOf(
  name: string,
): Promise<Awaited<ReturnType<Hanging['look']>>['verdict'] | null> {
  const program = named(name);
  if (unavailable(program) !== false) return null;
  await using hanging = await Hanging.start(program);
  return (await hanging.look()).verdict;
}

/** Null where this machine can't run it. */
async function lookedAt(name: string, skip: (why: string) => void): Promise<Hanging | null> {
  const program = named(name);
  const why = unavailable(program);
  if (why !== false) {
    skip(why);
    return null;
  }
  const hanging = await Hanging.start(program);
  await hanging.look();
  return hanging;
}

function named(name: string): Program {
  const program = programs.find((one) => one.name === name);
  assert.ok(program !== undefined, name);
  return program;
}
