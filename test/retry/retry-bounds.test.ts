import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LONGEST_WAIT_MS, waitBefore } from '../../src/retry/pace.ts';
import { retryTransient } from '../../src/retry/retry-transient.ts';
import { SteppedTime } from './stepped-time.ts';

const transient = new Error('goes away');
const real = new Error('stays');

/** Below a microsecond there is no wait, and halves are not exact any more. */
const milliseconds = (max: number) =>
  fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max, noNaN: true }));

const paces = fc.record({
  baseMs: milliseconds(1e6),
  factor: fc.double({ min: 1, max: 1e6, noNaN: true }),
  capMs: milliseconds(LONGEST_WAIT_MS),
  jitter: fc.constantFrom('none' as const, 'full' as const, 'equal' as const),
});

const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('a wait is never longer than the cap, nor shorter than its jitter allows', () => {
  fc.assert(
    fc.property(paces, fc.integer({ min: 1, max: 2_000 }), randoms, (pace, retry, random) => {
      const waitMs = waitBefore(retry, pace, () => random);
      const whole = waitBefore(retry, { ...pace, jitter: 'none' }, () => random);
      assert.ok(waitMs >= 0 && waitMs <= whole && whole <= pace.capMs, `${waitMs} of ${whole}`);
      if (pace.jitter === 'equal') assert.ok(waitMs >= whole / 2);
    }),
  );
});

test('whatever fails, calls and waits stay within bounds, and the first call is made', async () => {
  /** What each call comes to, and how long it takes. */
  const calls = fc.array(
    fc.record({
      comesTo: fc.constantFrom('success', 'transient', 'real'),
      takesMs: milliseconds(500),
    }),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(
      calls,
      paces,
      fc.integer({ min: 1, max: 10 }),
      fc.double({ min: -1_000, max: 5_000, noNaN: true }),
      randoms,
      async (sequence, pace, attempts, deadlineMs, random) => {
        const timekeeper = new SteppedTime();
        const startedAt = timekeeper.now();
        const begun: number[] = [];
        const operation = (): string => {
          begun.push(timekeeper.now() - startedAt);
          // Who is past the end of the sequence stays busy.
          const call = sequence[begun.length - 1] ?? { comesTo: 'transient', takesMs: 1 };
          timekeeper.nowMs += call.takesMs;
          if (call.comesTo === 'success') return 'done';
          throw call.comesTo === 'real' ? real : transient;
        };
        const ended = await retryTransient(operation, {
          when: (error) => error === transient,
          attempts,
          deadlineMs,
          pace,
          random: () => random,
          timekeeper,
        }).catch((error: unknown) => error);

        assert.ok(begun.length >= 1 && begun.length <= attempts, `${begun.length} calls`);
        const waitedMs = timekeeper.waits.reduce((sum, each) => sum + each, 0);
        assert.ok(waitedMs <= Math.max(deadlineMs, 0) + 1e-6, `waited ${waitedMs}`);
        for (const each of timekeeper.waits) assert.ok(each >= 0 && each <= pace.capMs);
        // A call begins after the deadline only where it is the first.
        for (const at of begun.slice(1)) assert.ok(at <= deadlineMs + 1e-6, `call at ${at}`);

        const decisive = sequence[begun.length - 1]?.comesTo ?? 'transient';
        assert.equal(ended, { success: 'done', real, transient }[decisive]);
        // Every call before the last one met the fault that goes away.
        const before = sequence.slice(0, begun.length - 1).map(({ comesTo }) => comesTo);
        assert.ok(before.every((comesTo) => comesTo === 'transient'));
      },
    ),
  );
});
