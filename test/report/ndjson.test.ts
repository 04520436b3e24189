import assert from 'node:assert/strict';
import { existsSync, appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { PindownError } from '../../src/core/errors.ts';
import type { RunEvent } from '../../src/core/event.ts';
import { ndjsonSink } from '../../src/report/ndjson.ts';
import { readEvents } from '../../src/report/read-events.ts';
import { arbitraryRun } from './arbitrary-run.ts';
import { feed } from './feed.ts';
import { scratchDirectory } from './scratch.ts';

const dir = scratchDirectory();
let files = 0;

function newFile(): string {
  files += 1;
  return join(dir, `${files}.ndjson`);
}

async function read(file: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of readEvents(file)) events.push(event);
  return events;
}

const INTERRUPTED: RunEvent = { type: 'interrupted', at: 1, signal: 'SIGINT', times: 1 };
const INFO: RunEvent = { type: 'notice', at: 2, level: 'info', code: 'x', message: 'a\u2028b' };

describe('events.ndjson', () => {
  test('gives back every stream that it was given', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRun(), async ({ events }) => {
        const file = newFile();
        await feed(ndjsonSink({ file }), events);
        assert.deepEqual(await read(file), events);
      }),
      { numRuns: 60 },
    );
  });

  test('has an event as soon as it was handled, the plan as a whole, and an attempt only once', () => {
    fc.assert(
      fc.property(arbitraryRun(), ({ events, units }) => {
        const file = newFile();
        const sink = ndjsonSink({ file });
        for (const [index, event] of events.entries()) {
          sink.handle(event);
          if (event.type === 'run-started' || event.type === 'unit-planned') {
            assert.equal(existsSync(file), false, 'a plan is not there in part');
          } else assert.equal(readFileSync(file, 'utf8').split('\n').length, index + 2);
        }
        const text = readFileSync(file, 'utf8');
        for (const { attempts } of units) {
          for (const { id } of attempts) {
            assert.equal(text.split(`"id":"${id}"`).length, 2, 'written whole once');
          }
        }
        void sink.close();
      }),
      { numRuns: 20 },
    );
  });

  test('keeps an attempt that no attempt-finished has told of', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRun(), async ({ events }) => {
        const file = newFile();
        const without = events.filter((event) => event.type !== 'attempt-finished');
        await feed(ndjsonSink({ file }), without);
        assert.deepEqual(await read(file), without);
      }),
      { numRuns: 20 },
    );
  });

  test('cut anywhere, it gives back a beginning of the stream and says so', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryRun(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (run, share) => {
          const file = newFile();
          await feed(ndjsonSink({ file }), run.events);
          const bytes = readFileSync(file);
          const kept = Math.floor(bytes.length * share);
          truncateSync(file, kept);
          const whole = bytes.subarray(0, kept).toString('latin1').split('\n').length - 1;
          const back = await read(file);
          assert.deepEqual(back.slice(0, whole), run.events.slice(0, whole));
          const atLineEnd = kept === 0 || bytes[kept - 1] === 0x0a;
          // A line that lacks nothing but its newline is whole too.
          const [last] = back.slice(whole);
          if (atLineEnd) assert.equal(back.length, whole);
          else if (last?.type === 'notice' && last.code === 'events-torn-line') {
            assert.equal(back.length, whole + 1);
          } else assert.deepEqual(back, run.events.slice(0, whole + 1));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a torn line is cut off before the file is continued, and the file says so', async () => {
    const file = newFile();
    await feed(ndjsonSink({ file }), [INTERRUPTED]);
    appendFileSync(file, '{"type":"noti');
    await feed(ndjsonSink({ file }), [INFO]);
    const [first, notice, second, ...rest] = await read(file);
    assert.deepEqual([first, second, rest], [INTERRUPTED, INFO, []]);
    assert.equal(notice?.type === 'notice' && notice.code, 'events-torn-line');
    assert.match(JSON.stringify(notice), /noti/);
  });

  for (const [what, line] of [
    ['a line that is not JSON', '{"type":'],
    ['a line that is no event', '{"type":"wat","at":1}'],
    ['an event without its content', '{"type":"attempt-finished","at":1}'],
    [
      'a unit whose attempt is missing',
      '{"type":"unit-finished","at":1,"unit":{"attempts":["x"]}}',
    ],
  ] as const) {
    test(`${what} in the middle is an error that names its line`, async () => {
      const file = newFile();
      writeFileSync(file, `${JSON.stringify(INFO)}\n${line}\n${JSON.stringify(INFO)}\n`);
      await assert.rejects(read(file), (error: unknown) => {
        assert.ok(error instanceof PindownError);
        assert.equal(error.code, 'events-bad-line');
        assert.ok(error.message.startsWith(`${file}:2 `), error.message);
        return true;
      });
    });
  }

  test('a file that is not there is the error of the operating system', async () => {
    await assert.rejects(read(join(dir, 'none')), { code: 'ENOENT' });
  });

  test('a full disk is thrown at the caller', () => {
    const sink = ndjsonSink({ file: '/dev/full' });
    assert.throws(() => sink.handle(INTERRUPTED), { code: 'ENOSPC' });
  });
});
