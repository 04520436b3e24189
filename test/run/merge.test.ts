import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { systemClock } from '../../src/core/clock.ts';
import { PindownError } from '../../src/core/errors.ts';
import type { RunEvent } from '../../src/core/event.ts';
import { EXIT } from '../../src/core/exit-status.ts';
import type { Totals } from '../../src/core/run.ts';
import type { Cover } from '../../src/plan/merge.ts';
import { jsonSink } from '../../src/report/json.ts';
import { type MergeResult, mergeRuns, proveBlobs } from '../../src/run/merge.ts';
import { anyPlanInput, unitAt } from '../plan/units.ts';
import { scratchDirectory } from '../report/scratch.ts';
import {
  allPass,
  anyResults,
  attemptOf,
  eventsOf,
  planFor,
  type Results,
  writeBlob,
  writeShards,
} from './shards.ts';

const reportSchema = v.object({
  units: v.array(v.object({ attempts: v.array(v.object({ evidence: v.array(v.string()) })) })),
});

const scratch = scratchDirectory();
const newDir = (): string => mkdtempSync(join(scratch, 'merge-'));

async function merge(
  cover: Cover,
  failOnFlaky = false,
): Promise<{ readonly result: MergeResult; readonly events: readonly RunEvent[]; dir: string }> {
  const events: RunEvent[] = [];
  const dir = newDir();
  const recorder = {
    name: 'recorder',
    close: () => undefined,
    handle: (event: RunEvent) => void events.push(event),
  };
  const result = await mergeRuns(
    { cover, failOnFlaky },
    { runId: 'merged', dir, projectRoot: '/home/p', version: '1.2.3' },
    { clock: systemClock, sinks: [recorder, jsonSink({ file: join(dir, 'report.json') })] },
  );
  return { result, events, dir };
}

/** The error of a merge that must not come about. */
async function refusal(places: readonly string[]): Promise<PindownError> {
  try {
    await proveBlobs(places);
  } catch (error) {
    assert.ok(error instanceof PindownError, String(error));
    assert.equal(error.exitCode, EXIT.environment);
    return error;
  }
  return assert.fail('nothing was noticed');
}

const units = ['a', 'b', 'c', 'd', 'e'].map((path) => unitAt(path));
/** LPT over three shards: a | b, e | c, d. */
const durations = new Map([
  ['unit:a', [50]],
  ['unit:b', [40]],
  ['unit:c', [30]],
  ['unit:d', [20]],
  ['unit:e', [10]],
]);
const three = { total: 3, durations, results: allPass(units) };

const anyShardedRun = anyPlanInput({ min: 0, max: 8 }).chain((input) =>
  fc.record({
    input: fc.constant(input),
    results: anyResults(input.units),
    total: fc.integer({ min: 1, max: 5 }),
  }),
);

function finished(events: readonly RunEvent[]): unknown[] {
  return events
    .flatMap((event) => (event.type === 'unit-finished' ? [event.unit] : []))
    .map(({ id, outcome, durationMs, attempts }) => {
      return { id, outcome, durationMs, tests: attempts.map((attempt) => attempt.tests) };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The exit status of a merge of six shards: one of them has no unit. */
async function status(
  results: Results,
  options: { edit?: (event: RunEvent) => RunEvent; failOnFlaky?: boolean } = {},
): Promise<number> {
  const some = units.filter(({ id }) => results.has(id));
  const dir = newDir();
  const shards = [1, 2, 3, 4, 5, 6].map((index) => {
    const shard = { index, total: 6 };
    const plan = planFor(some, durations, shard);
    const events = [...eventsOf(plan, shard, results)].map(options.edit ?? ((event) => event));
    return writeBlob(join(dir, `${index}`), plan, events);
  });
  return (await merge(await proveBlobs(shards), options.failOnFlaky)).result.exitCode;
}

function flaky(): Results {
  const results = new Map(allPass(units));
  const passed = results.get('unit:a')!;
  const failed = attemptOf(units[0]!, 1, 'failed', []);
  results.set('unit:a', { ...passed, outcome: 'flaky', attempts: [failed, ...passed.attempts] });
  return results;
}

/** Changes the end of those runs that the test picks. */
function endWith(exitCode: number, which: (totals: Totals) => boolean) {
  return (event: RunEvent): RunEvent =>
    event.type === 'run-finished' && which(event.totals) ? { ...event, exitCode } : event;
}

describe('a merge of all shards', () => {
  test('comes to what the unsharded run came to', async () => {
    await fc.assert(
      fc.asyncProperty(anyShardedRun, async ({ input, results, total }) => {
        const dir = newDir();
        const shards = writeShards(dir, input.units, {
          total,
          results,
          durations: input.durations,
        });
        const plan = planFor(input.units, input.durations, null);
        const unsharded = [...eventsOf(plan, null, results)];
        const { result, events } = await merge(await proveBlobs(shards.toReversed()));
        const end = unsharded.at(-1);
        assert.ok(end?.type === 'run-finished');
        assert.deepEqual(result.totals, end.totals);
        assert.equal(result.exitCode, end.exitCode);
        assert.deepEqual(finished(events), finished(unsharded));
      }),
      { numRuns: 40 },
    );
  });

  test('is one run, in the order of the event stream', async () => {
    const cover = await proveBlobs(writeShards(newDir(), units, three));
    const { events, result } = await merge(cover);
    const types = events.map(({ type }) => type);
    assert.deepEqual(types, [
      'run-started',
      ...units.map(() => 'unit-planned'),
      ...units.flatMap(() => ['attempt-finished', 'unit-finished']),
      'run-finished',
    ]);
    assert.equal(result.info.id, 'merged');
    assert.equal(result.info.shard, null);
    assert.equal(result.info.workers, 6);
    assert.equal(result.durationMs, 100);
  });

  test('writes a report whose evidence leads to where it was brought', async () => {
    const shards = writeShards(newDir(), units, three);
    for (const shard of shards) {
      mkdirSync(join(shard, 'attempts/1'), { recursive: true });
      writeFileSync(join(shard, 'attempts/1/stdout.log'), 'hello');
    }
    const { dir } = await merge(await proveBlobs(shards));
    const report = v.parse(
      reportSchema,
      JSON.parse(readFileSync(join(dir, 'report.json'), 'utf8')),
    );
    const paths = report.units.flatMap((unit) => unit.attempts.flatMap((each) => each.evidence));
    assert.equal(paths.length, units.length);
    for (const path of paths) assert.equal(readFileSync(join(dir, path), 'utf8'), 'hello');
  });

  test('finds the blobs below one directory, however CI brought them back', async () => {
    const dir = newDir();
    writeShards(join(dir, 'artifacts/.pindown/runs'), units, three);
    const cover = await proveBlobs([dir]);
    assert.equal(cover.parts.length, 3);
  });

  test('of one run that was not sharded is that run', async () => {
    const plan = planFor(units, durations, null);
    const dir = writeBlob(newDir(), plan, eventsOf(plan, null, three.results));
    const { result } = await merge(await proveBlobs([join(dir, 'blob.ndjson')]));
    assert.equal(result.totals.passed, units.length);
    assert.equal(result.exitCode, EXIT.passed);
  });

  test('tells what a shard said under its name', async () => {
    const dir = newDir();
    const shards = [1, 2].map((index) => {
      const shard = { index, total: 2 };
      const plan = planFor(units, durations, shard);
      const events = [...eventsOf(plan, shard, three.results)];
      const at = events.length - 1;
      const said: RunEvent[] = [
        { type: 'notice', at: 1, level: 'warning', code: 'x', message: 'a word' },
        { type: 'interrupted', at: 2, signal: 'SIGINT', times: 1 },
      ];
      return writeBlob(join(dir, `${index}`), plan, events.toSpliced(at, 0, ...said));
    });
    const { events } = await merge(await proveBlobs(shards.toReversed()));
    const notices = events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
    assert.deepEqual(notices, [
      'shard 1/2: a word',
      'shard 1/2 was interrupted by SIGINT',
      'shard 2/2: a word',
      'shard 2/2 was interrupted by SIGINT',
    ]);
  });
});

describe('the exit status of a merge', () => {
  test('an empty shard leaves it green, empty shards alone do not make it so', async () => {
    assert.equal(await status(allPass(units)), EXIT.passed);
    assert.equal(await status(new Map()), EXIT.noTests);
  });

  test('flaky is red where the merge or a shard says so', async () => {
    assert.equal(await status(flaky()), EXIT.passed);
    assert.equal(await status(flaky(), { failOnFlaky: true }), EXIT.flaky);
    const edit = endWith(EXIT.flaky, (totals) => totals.flaky > 0);
    assert.equal(await status(flaky(), { edit }), EXIT.flaky);
  });

  test('a shard whose environment failed is not covered up', async () => {
    const edit = endWith(EXIT.environment, (totals) => totals.planned === 1);
    assert.equal(await status(allPass(units), { edit }), EXIT.environment);
  });
});

/** Merges a run whose events were changed before its blob was sealed. */
async function contradiction(
  edit: (events: RunEvent[]) => RunEvent[],
  expected: RegExp,
): Promise<void> {
  const shard = { index: 1, total: 1 };
  const plan = planFor(units, durations, shard);
  const events = edit([...eventsOf(plan, shard, three.results)]);
  const dir = writeBlob(newDir(), plan, events);
  const error = await refusal([dir]);
  assert.equal(error.code, 'merge-inconsistent');
  assert.match(error.message, expected);
}

function isUnit(event: RunEvent, type: RunEvent['type'], id: string): boolean {
  return event.type === type && 'unit' in event && event.unit.id === id;
}

/** Leaves out the event of this type of one unit. */
function without(type: RunEvent['type']): (events: RunEvent[]) => RunEvent[] {
  return (events) => events.filter((event) => !isUnit(event, type, 'unit:b'));
}

describe('a merge is refused', () => {
  test('where a shard was dropped: names its units', async () => {
    const [first, , third] = writeShards(newDir(), units, three);
    const error = await refusal([first!, third!]);
    assert.equal(error.code, 'merge-dropped');
    assert.match(error.message, /shard 2\/3 is missing; 2 units: unit:b, unit:e\./);
  });

  test('where a shard without units was dropped', async () => {
    const shards = writeShards(newDir(), units.slice(0, 1), { ...three, total: 2 });
    const error = await refusal(shards.slice(0, 1));
    assert.match(error.message, /shard 2\/2 is missing; no unit is concerned/);
  });

  test('where a shard is there twice: names both files and its units', async () => {
    const shards = writeShards(newDir(), units, three);
    const [again] = writeShards(newDir(), units, three);
    const error = await refusal([...shards, again!]);
    assert.equal(error.code, 'merge-doubled');
    assert.ok(error.message.includes(`${shards[0]!}/blob.ndjson, ${again!}/blob.ndjson`));
    assert.match(error.message, /shard 1\/3 is there 2 times .*; 1 unit: unit:a\./);
  });

  test('where a blob is of another plan: names what differs', async () => {
    const shards = writeShards(newDir(), units, three);
    const foreign = async (
      other: readonly ReturnType<typeof unitAt>[],
      options: Partial<typeof three> = {},
    ): Promise<string> => {
      const results = allPass(other);
      const [dir] = writeShards(newDir(), other, { ...three, results, ...options });
      const error = await refusal([dir!, ...shards.slice(1)]);
      assert.equal(error.code, 'merge-foreign');
      assert.ok(error.message.includes(`${dir!}/blob.ndjson (shard 1/`));
      assert.match(error.message, /shard 1\/3 is missing; 1 unit: unit:a\./);
      return error.message;
    };
    assert.match(
      await foreign(units, { durations: new Map([...durations, ['unit:a', [51]]]) }),
      /belongs to another plan; 1 unit: unit:a\. It expected other durations of unit:a\./,
    );
    assert.match(await foreign(units.slice(1)), /Its plan lacks unit:a\./);
    assert.match(await foreign([...units, unitAt('f')]), /Only its plan has unit:f\./);
    assert.match(await foreign(units, { total: 4 }), /It is one of 4, the others are of 3\./);
    assert.match(
      await foreign(units.map((unit) => ({ ...unit, framework: 'mocha' as const }))),
      /another framework: unit:a, unit:b, unit:c, unit:d, unit:e\./,
    );
  });

  test('where a place holds no blob, or is not there', async () => {
    const [first, second] = writeShards(newDir(), units, three);
    const empty = newDir();
    const error = await refusal([first!, second!, empty, join(empty, 'nowhere')]);
    assert.equal(error.code, 'merge-broken');
    assert.ok(error.message.includes(`${empty} holds no blob.ndjson`));
    assert.match(error.message, /nowhere can't be read: ENOENT/);
    assert.match(error.message, /shard 3\/3 is missing; 2 units: unit:c, unit:d\./);
  });

  test('where there is nothing to merge', async () => {
    assert.equal((await refusal([])).code, 'merge-nothing');
  });

  test('names at most twenty units and counts the rest', async () => {
    const many = Array.from({ length: 50 }, (_, at) => unitAt(`f${String(at).padStart(2, '0')}`));
    const shards = writeShards(newDir(), many, { ...three, total: 2, results: allPass(many) });
    const { message } = await refusal(shards.slice(0, 1));
    assert.match(message, /shard 2\/2 is missing; 25 units: unit:f01, .* and 5 more\./);
    assert.equal(message.match(/unit:f/g)?.length, 20);
  });

  test('where a blob contradicts itself, though it is sealed', async () => {
    await contradiction(without('unit-finished'), /did not finish all of its units; .*unit:b\./);
    await contradiction(without('unit-planned'), /did not plan all of its units; .*unit:b\./);
    await contradiction(
      (events) => events.flatMap((e) => (isUnit(e, 'unit-finished', 'unit:b') ? [e, e] : [e])),
      /finished units twice; 1 unit: unit:b\./,
    );
    await contradiction(
      (events) =>
        events.map((event) =>
          event.type === 'run-finished'
            ? { ...event, totals: { ...event.totals, passed: 4, failed: 1 } }
            : event,
        ),
      /its totals are not the sum of its units/,
    );
    await contradiction(
      (events) =>
        events.map((event) =>
          event.type === 'run-started'
            ? { ...event, run: { ...event.run, planHash: 'ab'.repeat(32) } }
            : event,
        ),
      /its plan does not fit its hash/,
    );
  });

  test('where anything at all was done to any blob: bytes, lengths, files', async () => {
    const original = writeShards(newDir(), units, three).map((dir) =>
      readFileSync(join(dir, 'blob.ndjson')),
    );
    const harm = fc.oneof(
      fc.record({
        kind: fc.constant('byte' as const),
        at: fc.nat(),
        by: fc.integer({ min: 1, max: 255 }),
      }),
      fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
      fc.record({ kind: fc.constant('more' as const), text: fc.string({ minLength: 1 }) }),
      fc.record({ kind: fc.constant('drop' as const) }),
      fc.record({ kind: fc.constant('double' as const) }),
      fc.record({ kind: fc.constant('replace' as const), by: fc.integer({ min: 1, max: 2 }) }),
    );
    const dir = newDir();
    await fc.assert(
      fc.asyncProperty(harm, fc.nat(2), async (how, which) => {
        rmSync(dir, { recursive: true, force: true });
        const dirs = original.map((bytes, at) => {
          const place = join(dir, String(at));
          mkdirSync(place, { recursive: true });
          writeFileSync(join(place, 'blob.ndjson'), bytes);
          return place;
        });
        assert.equal((await proveBlobs(dirs)).parts.length, 3);
        const file = join(dirs[which]!, 'blob.ndjson');
        const bytes = Buffer.from(original[which]!);
        switch (how.kind) {
          case 'byte':
            bytes[how.at % bytes.length]! ^= how.by;
            writeFileSync(file, bytes);
            break;
          case 'cut':
            writeFileSync(file, bytes.subarray(0, how.at % bytes.length));
            break;
          case 'more':
            appendFileSync(file, how.text);
            break;
          case 'drop':
            dirs.splice(which, 1);
            break;
          case 'double':
            dirs.push(dirs[which]!);
            break;
          case 'replace':
            writeFileSync(file, original[(which + how.by) % 3]!);
            break;
        }
        const { message } = await refusal(dirs);
        const own = [['unit:a'], ['unit:b', 'unit:e'], ['unit:c', 'unit:d']][which]!;
        for (const id of own) assert.ok(message.includes(id), `${id} is not named: ${message}`);
        if (how.kind !== 'drop' && how.kind !== 'replace') assert.ok(message.includes(file));
      }),
      { numRuns: 150 },
    );
  });

  test('where a blob changes between its proof and its replay: no report is written', async () => {
    const shards = writeShards(newDir(), units, three);
    const cover = await proveBlobs(shards);
    const file = join(shards[1]!, 'blob.ndjson');
    const bytes = readFileSync(file);
    bytes[bytes.indexOf('"passed"') + 1]! ^= 1;
    writeFileSync(file, bytes);
    const dir = newDir();
    await assert.rejects(
      mergeRuns(
        { cover, failOnFlaky: false },
        { runId: 'merged', dir, projectRoot: '/home/p', version: '1.2.3' },
        { clock: systemClock, sinks: [jsonSink({ file: join(dir, 'report.json') })] },
      ),
      (error) => error instanceof PindownError && error.code === 'merge-changed',
    );
    assert.throws(() => readFileSync(join(dir, 'report.json')), { code: 'ENOENT' });
  });
});
