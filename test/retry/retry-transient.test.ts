import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, mock, test } from 'node:test';
import { PindownError } from '../../src/core/errors.ts';
import type { RetryTerms } from '../../src/retry/retry-course.ts';
import { retryTransient, retryTransientSync } from '../../src/retry/retry-transient.ts';
import type { TransientFault } from '../../src/retry/transient-rule.ts';
import { SteppedTime } from './stepped-time.ts';

class Busy extends Error {}

const TERMS = {
  when: (error: unknown) => error instanceof Busy,
  attempts: 6,
  deadlineMs: 1_000,
  pace: { baseMs: 5, factor: 2, capMs: 80, jitter: 'none' },
} as const satisfies RetryTerms;

/** An operation that throws these in turn and then comes to its number of calls. */
function failingWith(...errors: readonly Error[]): { calls: number; run: () => number } {
  const operation = {
    calls: 0,
    run: () => {
      const error = errors[operation.calls];
      operation.calls += 1;
      if (error !== undefined) throw error;
      return operation.calls;
    },
  };
  return operation;
}

const ENGINES = {
  retryTransient: async (run: () => number, terms: Parameters<typeof retryTransientSync>[1]) =>
    await retryTransient(run, terms),
  retryTransientSync: async (run: () => number, terms: Parameters<typeof retryTransientSync>[1]) =>
    retryTransientSync(run, terms),
};

for (const [name, engine] of Object.entries(ENGINES)) {
  describe(name, () => {
    test('calls what succeeds once, and waits for nothing', async () => {
      const timekeeper = new SteppedTime();
      const operation = failingWith();
      assert.equal(await engine(operation.run, { ...TERMS, timekeeper }), 1);
      assert.equal(operation.calls, 1);
      assert.deepEqual(timekeeper.waits, []);
    });

    test('calls what is busy twice three times', async () => {
      const timekeeper = new SteppedTime();
      const operation = failingWith(new Busy(), new Busy());
      assert.equal(await engine(operation.run, { ...TERMS, timekeeper }), 3);
      assert.equal(operation.calls, 3);
      assert.deepEqual(timekeeper.waits, [5, 10]);
    });

    test('lets another error through at once, the very object', async () => {
      const timekeeper = new SteppedTime();
      const bug = new TypeError('no function');
      for (const before of [[], [new Busy()]]) {
        const operation = failingWith(...before, bug, new Busy());
        await assert.rejects(
          engine(operation.run, { ...TERMS, timekeeper }),
          (error) => error === bug,
        );
        assert.equal(operation.calls, before.length + 1);
      }
    });

    test('gives up after its calls with the last error, the very object', async () => {
      const timekeeper = new SteppedTime();
      const errors = Array.from({ length: 9 }, () => new Busy());
      const operation = failingWith(...errors);
      await assert.rejects(
        engine(operation.run, { ...TERMS, timekeeper }),
        (error) => error === errors[5],
      );
      assert.equal(operation.calls, 6);
      assert.deepEqual(timekeeper.waits, [5, 10, 20, 40, 80]);
    });

    test('makes its first call, and no other, where the deadline is past', async () => {
      for (const deadlineMs of [0, -5_000]) {
        const timekeeper = new SteppedTime();
        const operation = failingWith(new Busy());
        await assert.rejects(engine(operation.run, { ...TERMS, deadlineMs, timekeeper }), Busy);
        assert.equal(operation.calls, 1);
        assert.deepEqual(timekeeper.waits, []);
      }
    });

    test('cuts the last wait short to end with the deadline', async () => {
      const timekeeper = new SteppedTime();
      const operation = failingWith(...Array.from({ length: 9 }, () => new Busy()));
      await assert.rejects(engine(operation.run, { ...TERMS, deadlineMs: 17, timekeeper }), Busy);
      assert.deepEqual(timekeeper.waits, [5, 10, 2]);
      assert.equal(operation.calls, 4);
    });

    test('counts the time of the calls towards the deadline', async () => {
      const timekeeper = new SteppedTime();
      const slow = () => {
        timekeeper.nowMs += 600;
        throw new Busy();
      };
      await assert.rejects(engine(slow, { ...TERMS, timekeeper }), Busy);
      assert.deepEqual(timekeeper.waits, [5]);
    });

    test('tells of each fault that it waits out, and of no other', async () => {
      const timekeeper = new SteppedTime();
      const told: TransientFault[] = [];
      const errors = [new Busy(), new Busy(), new TypeError()];
      const rule = { name: 'busy', ...TERMS };
      const onRetry = (fault: TransientFault): void => void told.push(fault);
      await assert.rejects(
        engine(failingWith(...errors).run, { rule, timekeeper, onRetry }),
        TypeError,
      );
      assert.deepEqual(told, [
        { rule: 'busy', attempt: 1, error: errors[0], waitMs: 5 },
        { rule: 'busy', attempt: 2, error: errors[1], waitMs: 10 },
      ]);
      assert.equal(told[0]?.error, errors[0]);
    });

    test('takes bounds that are given beside a rule before the rule’s own', async () => {
      const timekeeper = new SteppedTime();
      const rule = { name: 'busy', ...TERMS };
      const operation = failingWith(...Array.from({ length: 9 }, () => new Busy()));
      await assert.rejects(engine(operation.run, { rule, attempts: 2, timekeeper }), Busy);
      assert.equal(operation.calls, 2);
    });

    test('scatters the waits as the pace says', async () => {
      for (const [jitter, waits] of [
        ['full', [1.25, 2.5]],
        ['equal', [3.125, 6.25]],
      ] as const) {
        const timekeeper = new SteppedTime();
        const pace = { ...TERMS.pace, jitter };
        const terms = { ...TERMS, pace, timekeeper, random: () => 0.25 };
        assert.equal(await engine(failingWith(new Busy(), new Busy()).run, terms), 3);
        assert.deepEqual(timekeeper.waits, waits);
      }
    });

    test('refuses terms without an end before it calls anything', async () => {
      const { pace } = TERMS;
      const wrong = [
        [{ attempts: 0 }, 'retry-unbounded'],
        [{ attempts: 1.5 }, 'retry-unbounded'],
        [{ attempts: Infinity }, 'retry-unbounded'],
        [{ deadlineMs: Infinity }, 'retry-unbounded'],
        [{ deadlineMs: NaN }, 'retry-unbounded'],
        [{ pace: { ...pace, baseMs: -1 } }, 'pace-unbounded'],
        [{ pace: { ...pace, factor: 0.5 } }, 'pace-unbounded'],
        [{ pace: { ...pace, factor: NaN } }, 'pace-unbounded'],
        [{ pace: { ...pace, capMs: 2 ** 31 } }, 'pace-unbounded'],
      ] as const;
      for (const [terms, code] of wrong) {
        const operation = failingWith();
        await assert.rejects(
          engine(operation.run, { ...TERMS, ...terms }),
          (error) => error instanceof PindownError && error.code === code,
          JSON.stringify(terms),
        );
        assert.equal(operation.calls, 0);
      }
    });
  });
}

describe('retryTransient', () => {
  test('sets no timer where nothing fails', async (t) => {
    const timeout = t.mock.method(globalThis, 'setTimeout');
    assert.equal(await retryTransient(() => 'done', TERMS), 'done');
    assert.equal(timeout.mock.callCount(), 0);
  });

  test('hears a rejection as it does a throw', async () => {
    const timekeeper = new SteppedTime();
    const operation = mock.fn((attempt: number) =>
      attempt < 3 ? Promise.reject(new Busy()) : Promise.resolve(attempt),
    );
    assert.equal(await retryTransient(operation, { ...TERMS, timekeeper }), 3);
  });

  test('calls nothing where its signal is aborted already', async () => {
    const operation = failingWith();
    const reason = new Error('no longer wanted');
    await assert.rejects(
      retryTransient(operation.run, { ...TERMS, signal: AbortSignal.abort(reason) }),
      (error) => error === reason,
    );
    assert.equal(operation.calls, 0);
  });

  test('ends a wait that its signal aborts, and leaves no timer and no listener', async (t) => {
    const clear = t.mock.method(globalThis, 'clearTimeout');
    const controller = new AbortController();
    const reason = new Error('no longer wanted');
    const operation = failingWith(new Busy(), new Busy());
    const retried = retryTransient(operation.run, {
      ...TERMS,
      pace: { ...TERMS.pace, baseMs: 60_000, capMs: 60_000 },
      deadlineMs: 60_000,
      signal: controller.signal,
    });
    const rejected = assert.rejects(retried, (error) => error === reason);
    controller.abort(reason);
    await rejected;
    assert.equal(clear.mock.callCount(), 1);
    assert.equal(operation.calls, 1);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  test('waits for nothing after a call during which its signal was aborted', async (t) => {
    const timer = t.mock.method(globalThis, 'setTimeout');
    const controller = new AbortController();
    const told: unknown[] = [];
    const fault = new Busy();
    const retried = retryTransient(
      () => {
        controller.abort();
        throw fault;
      },
      { ...TERMS, signal: controller.signal, onRetry: ({ error }) => told.push(error) },
    );
    await assert.rejects(retried, { name: 'AbortError' });
    assert.equal(timer.mock.callCount(), 0);
    assert.deepEqual(told, [fault]);
  });

  test('takes what a call came to that ran when its signal was aborted', async () => {
    const controller = new AbortController();
    const late = async (): Promise<string> => {
      controller.abort();
      return 'done';
    };
    assert.equal(await retryTransient(late, { ...TERMS, signal: controller.signal }), 'done');
  });

  test('waits by the system’s timer, and leaves nothing on the signal', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { signal } = new AbortController();
    const operation = failingWith(new Busy());
    const retried = retryTransient(operation.run, { ...TERMS, signal });
    await Promise.resolve();
    t.mock.timers.tick(4);
    await new Promise(setImmediate);
    assert.equal(operation.calls, 1);
    t.mock.timers.tick(1);
    assert.equal(await retried, 2);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });
});

test('retryTransientSync waits by holding up the thread', (t) => {
  const waited = t.mock.method(Atomics, 'wait', () => 'timed-out');
  assert.equal(retryTransientSync(failingWith(new Busy(), new Busy()).run, TERMS), 3);
  assert.deepEqual(
    waited.mock.calls.map((call) => call.arguments[3]),
    [5, 10],
  );
});
