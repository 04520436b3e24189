import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { RunEvent, Sink } from '../../src/core/event.ts';
import { fanOut } from '../../src/report/fan-out.ts';
import { arbitraryRun } from './arbitrary-run.ts';
import { oneUnit } from './one-unit.ts';

const clock = { wall: () => 99, monotonic: () => 0 };

/** Remembers what it was given; fails at the event of an index, or on being closed. */
class Recorder implements Sink {
  readonly name: string;
  readonly seen: RunEvent[] = [];
  closed = 0;
  readonly #failAt: number;
  readonly #failOnClose: boolean;

  constructor(name: string, failAt = Infinity, failOnClose = false) {
    this.name = name;
    this.#failAt = failAt;
    this.#failOnClose = failOnClose;
  }

  handle(event: RunEvent): void {
    if (this.seen.length === this.#failAt) {
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC', syscall: 'write' });
    }
    this.seen.push(event);
  }

  async close(): Promise<void> {
    this.closed += 1;
    if (this.#failOnClose) throw new Error(`${this.name} would not close`);
  }
}

function isFailureNotice(event: RunEvent): boolean {
  return event.type === 'notice' && event.code === 'sink-failed';
}

describe('fan-out', () => {
  test('whatever sinks fail, the others get every event in order, and each failure once', async () => {
    const failAt = fc.oneof(fc.constant(Infinity), fc.nat({ max: 20 }));
    await fc.assert(
      fc.asyncProperty(arbitraryRun(), fc.array(failAt, { maxLength: 4 }), async (run, points) => {
        const sinks = points.map((point, index) => new Recorder(`s${index}`, point));
        const last = new Recorder('last');
        const out = fanOut([...sinks, last], clock);
        for (const event of run.events) out.handle(event);
        const failures = await out.close();
        assert.deepEqual(
          last.seen.filter((event) => !isFailureNotice(event)),
          run.events,
        );
        assert.equal(last.seen.filter(isFailureNotice).length, failures.length);
        assert.equal(last.seen.at(0)?.type, 'run-started');
        assert.equal(last.seen.at(-1)?.type, 'run-finished');
        const names = failures.map(({ sink }) => sink);
        assert.equal(new Set(names).size, names.length);
        for (const sink of sinks) assert.equal(sink.closed, 1);
      }),
      { numRuns: 60 },
    );
  });

  test('says which sink failed and why', async () => {
    const broken = new Recorder('report.json', 0);
    const healthy = new Recorder('terminal');
    const out = fanOut([broken, healthy], clock);
    const events = oneUnit([]);
    for (const event of events) out.handle(event);
    const [failure, ...others] = await out.close();
    assert.deepEqual(others, []);
    assert.equal(failure?.message, 'report.json could not be written: ENOSPC (write)');
    assert.deepEqual(healthy.seen.slice(0, 2), [
      events[0],
      { type: 'notice', at: 99, level: 'error', code: 'sink-failed', message: failure.message },
    ]);
  });

  test('nobody is told anything after run-finished', async () => {
    const before = new Recorder('before');
    const events = oneUnit([]);
    const out = fanOut(
      [before, new Recorder('broken', events.length - 1), new Recorder('x')],
      clock,
    );
    for (const event of events) out.handle(event);
    assert.equal((await out.close()).length, 1);
    assert.deepEqual(before.seen, events);
  });

  test('a sink that will not close is a failure, and the next is closed all the same', async () => {
    const next = new Recorder('next');
    const out = fanOut([new Recorder('first', Infinity, true), next], clock);
    const failures = await out.close();
    assert.deepEqual(
      failures.map(({ message }) => message),
      ['first could not be written: first would not close'],
    );
    assert.equal(next.closed, 1);
  });
});
