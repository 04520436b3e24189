import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { DeadlineError } from '../../src/retry/deadline-error.ts';
import { untilReady } from '../../src/retry/until-ready.ts';
import { refused, SteppedTime } from './stepped-time.ts';

const what = 'the server';
const pace = { baseMs: 10, factor: 2, capMs: 40, jitter: 'none' } as const;
const notYet = refused('ECONNREFUSED', 'connect');

/** A check that meets these faults in turn and then comes to its number of calls. */
function checkWith(...faults: readonly Error[]): { calls: number; run: () => number } {
  const check = {
    calls: 0,
    run: () => {
      const fault = faults[check.calls];
      check.calls += 1;
      if (fault !== undefined) throw fault;
      return check.calls;
    },
  };
  return check;
}

describe('untilReady', () => {
  test('checks once what is ready, and waits for nothing', async () => {
    const timekeeper = new SteppedTime();
    assert.equal(await untilReady(checkWith().run, { withinMs: 1_000, what, timekeeper }), 1);
    assert.deepEqual(timekeeper.waits, []);
  });

  test('polls at its pace while nobody listens', async () => {
    const timekeeper = new SteppedTime();
    const check = checkWith(notYet, refused('ENOENT', 'connect'), notYet, notYet);
    assert.equal(await untilReady(check.run, { withinMs: 1_000, what, pace, timekeeper }), 5);
    assert.deepEqual(timekeeper.waits, [10, 20, 40, 40]);
  });

  test('lets another fault through at once', async () => {
    for (const fault of [
      refused('ENOENT', 'open'),
      refused('EACCES', 'connect'),
      new TypeError(),
    ]) {
      const check = checkWith(notYet, fault, notYet);
      const timekeeper = new SteppedTime();
      await assert.rejects(
        untilReady(check.run, { withinMs: 1_000, what, timekeeper }),
        (error) => error === fault,
      );
      assert.equal(check.calls, 2);
    }
  });

  test('takes what is declared, and nothing else, for "not yet"', async () => {
    const timekeeper = new SteppedTime();
    const starting = new Error('starting up');
    const when = (error: unknown): boolean => error === starting;
    const options = { withinMs: 1_000, what, timekeeper, when };
    assert.equal(await untilReady(checkWith(starting).run, options), 2);
    await assert.rejects(untilReady(checkWith(notYet).run, options), (error) => error === notYet);
  });

  test('gives up when its time is waited out, with the last fault as the cause', async () => {
    const timekeeper = new SteppedTime();
    const faults = Array.from({ length: 9 }, () => refused('ECONNREFUSED', 'connect'));
    const check = checkWith(...faults);
    await assert.rejects(
      untilReady(check.run, { withinMs: 75, what, pace, timekeeper }),
      (error) =>
        error instanceof DeadlineError &&
        error.what === what &&
        error.afterMs === 75 &&
        error.cause === faults[4],
    );
    assert.deepEqual(timekeeper.waits, [10, 20, 40, 5]);
    assert.equal(check.calls, 5);
  });

  test('gives up a check that hangs, with the last fault as the cause', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const timekeeper = new SteppedTime();
    const { promise: hangs, resolve: isHanging } = Promise.withResolvers<AbortSignal>();
    let calls = 0;
    const hanging = async (signal: AbortSignal): Promise<never> => {
      calls += 1;
      if (calls === 1) throw notYet;
      isHanging(signal);
      return new Promise(() => undefined);
    };
    const ready = untilReady(hanging, { withinMs: 500, what, timekeeper });
    const rejected = assert.rejects(
      ready,
      (error) => error instanceof DeadlineError && error.cause === notYet,
    );
    const given = await hangs;
    t.mock.timers.tick(500);
    await rejected;
    assert.equal(given.aborted, true);
  });

  test('is broken off by a signal with its own reason, also while a check hangs', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const reason = new Error('no longer wanted');
    const ready = untilReady(() => new Promise(() => undefined), {
      withinMs: 60_000,
      what,
      signal,
    });
    const rejected = assert.rejects(ready, (error) => error === reason);
    controller.abort(reason);
    await rejected;
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  test('is broken off with that reason also after faults', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const reason = new Error('no longer wanted');
    const timekeeper = new SteppedTime();
    const { promise: hangs, resolve: isHanging } = Promise.withResolvers<void>();
    const faults = [notYet];
    const check = (): Promise<never> => {
      const fault = faults.pop();
      if (fault !== undefined) throw fault;
      isHanging();
      return new Promise(() => undefined);
    };
    const ready = untilReady(check, { withinMs: 60_000, what, signal, timekeeper });
    const rejected = assert.rejects(ready, (error) => error === reason);
    await hangs;
    controller.abort(reason);
    await rejected;
  });

  test('a real socket that is listened on after the third look', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'pindown-ready-'));
    const path = join(dir, 's');
    const server: Server = createServer((socket) => socket.end());
    const looks: number[] = [];
    try {
      await untilReady(() => connected(path), {
        withinMs: 60_000,
        what: 'the socket',
        pace: { ...pace, baseMs: 1 },
        onRetry: ({ attempt }) => {
          looks.push(attempt);
          if (attempt === 3) server.listen(path);
        },
      });
      assert.deepEqual(looks.slice(0, 3), [1, 2, 3]);
    } finally {
      server.close();
      rmSync(dir, { recursive: true });
    }
  });
});

function connected(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
