import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as timeout } from 'node:timers/promises';
import { PindownError } from '../../src/core/errors.ts';
import { DeadlineError } from '../../src/retry/deadline-error.ts';
import { withDeadline } from '../../src/retry/with-deadline.ts';

const what = 'the answer';

const steppable = (t: TestContext): void => t.mock.timers.enable({ apis: ['setTimeout'] });

describe('withDeadline', () => {
  test('comes to what the operation comes to, and leaves no timer behind', async (t) => {
    const clear = t.mock.method(globalThis, 'clearTimeout');
    const set = t.mock.method(globalThis, 'setTimeout');
    assert.equal(await withDeadline(() => 'at once', 60_000, { what }), 'at once');
    assert.equal(await withDeadline(async () => 'soon', 60_000, { what }), 'soon');
    const bug = new TypeError();
    const failing = () => Promise.reject(bug);
    await assert.rejects(withDeadline(failing, 60_000, { what }), (error) => error === bug);
    const throwing = () => {
      throw bug;
    };
    await assert.rejects(withDeadline(throwing, 60_000, { what }), (error) => error === bug);
    assert.equal(set.mock.callCount(), 4);
    assert.deepEqual(
      clear.mock.calls.map((call) => call.arguments[0]),
      set.mock.calls.map((call) => call.result),
    );
  });

  test('rejects at its deadline with what was not done and within what', async (t) => {
    steppable(t);
    const late = withDeadline(() => new Promise(() => undefined), 250, { what });
    let settled = false;
    const rejected = assert.rejects(late, (error) => {
      settled = true;
      assert.ok(error instanceof DeadlineError);
      assert.deepEqual(
        [error.code, error.what, error.afterMs, error.message],
        ['deadline-passed', what, 250, 'the answer: not done within 250 ms'],
      );
      return true;
    });
    t.mock.timers.tick(249);
    await new Promise(setImmediate);
    assert.equal(settled, false);
    t.mock.timers.tick(1);
    await rejected;
  });

  test('tells the operation, whose own error for it does not win', async (t) => {
    steppable(t);
    let reason: unknown;
    const heeding = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason;
          reject(new Error('aborted'));
        });
      });
    const late = withDeadline(heeding, 10, { what });
    const rejected = assert.rejects(late, (error) => error === reason && error !== undefined);
    t.mock.timers.tick(10);
    await rejected;
    assert.ok(reason instanceof DeadlineError);
  });

  test('takes up an error that comes when nobody waits any more', async (t) => {
    steppable(t);
    const unhandled = t.mock.fn();
    process.on('unhandledRejection', unhandled);
    t.after(() => process.off('unhandledRejection', unhandled));
    const { promise, reject } = Promise.withResolvers<never>();
    const late = withDeadline(() => promise, 10, { what });
    const rejected = assert.rejects(late, DeadlineError);
    t.mock.timers.tick(10);
    await rejected;
    reject(new Error('too late'));
    // Node tells of unhandled rejections once the microtasks are through.
    await new Promise(setImmediate);
    assert.equal(unhandled.mock.callCount(), 0);
  });

  test('takes a signal for its deadline, and leaves nothing on it', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    assert.equal(await withDeadline(async () => 1, signal, { what }), 1);
    assert.equal(await withDeadline(async () => 1, 60_000, { what, signal }), 1);
    assert.equal(getEventListeners(signal, 'abort').length, 0);

    const reason = new Error('the build is over');
    const rejected = assert.rejects(
      withDeadline((own) => timeout(2 ** 30, null, { signal: own }), signal, { what }),
      (error) => error instanceof DeadlineError && error.cause === reason && error.afterMs >= 0,
    );
    controller.abort(reason);
    await rejected;
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  test('is broken off by a signal with its own reason, and leaves nothing on it', async (t) => {
    const clear = t.mock.method(globalThis, 'clearTimeout');
    const controller = new AbortController();
    const { signal } = controller;
    const reason = new Error('no longer wanted');
    const rejected = assert.rejects(
      withDeadline(() => new Promise(() => undefined), 60_000, { what, signal }),
      (error) => error === reason,
    );
    controller.abort(reason);
    await rejected;
    assert.equal(getEventListeners(signal, 'abort').length, 0);
    assert.equal(clear.mock.callCount(), 1);
  });

  test('calls nothing where a signal is aborted already', async (t) => {
    const operation = t.mock.fn();
    const signal = AbortSignal.abort();
    await assert.rejects(withDeadline(operation, signal, { what }), DeadlineError);
    await assert.rejects(withDeadline(operation, 60_000, { what, signal }), { name: 'AbortError' });
    assert.equal(operation.mock.callCount(), 0);
  });

  test('refuses a deadline that no timer can hold', async (t) => {
    const operation = t.mock.fn();
    for (const limit of [-1, NaN, Infinity, 2 ** 31]) {
      await assert.rejects(
        withDeadline(operation, limit, { what }),
        (error) => error instanceof PindownError && error.code === 'deadline-unbounded',
      );
    }
    assert.equal(operation.mock.callCount(), 0);
  });
});
