import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { RunEvent } from '../../src/core/event.ts';
import type { PlanEntry } from '../../src/core/plan-entry.ts';
import { countUnit, emptyTotals } from '../../src/core/run.ts';
import { blobSink } from '../../src/report/blob.ts';
import { BlobSeal } from '../../src/report/blob/format.ts';
import { BlobFault, readBlob } from '../../src/report/read-blob.ts';
import { isBroken, scanBlob } from '../../src/report/scan-blob.ts';
import { unitAt } from '../plan/units.ts';
import { allPass, eventsOf, planFor } from '../run/shards.ts';
import { arbitraryRun } from './arbitrary-run.ts';
import { feed } from './feed.ts';
import { scratchDirectory } from './scratch.ts';

const scratch = scratchDirectory();
const newFile = (): string => join(mkdtempSync(join(scratch, 'blob-')), 'blob.ndjson');

async function write(events: readonly RunEvent[], entries: readonly PlanEntry[]): Promise<string> {
  const file = newFile();
  await feed(blobSink({ file, entries }), events);
  return file;
}

async function fault(file: string): Promise<string> {
  const scanned = await scanBlob(file);
  return isBroken(scanned) ? scanned.fault : 'none';
}

describe('a blob', () => {
  test('gives back every event but those of single attempts, and the whole plan', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRun(), async ({ events, units }) => {
        const entries = units.map(({ id, framework }) => {
          return { id, framework, expectedMs: 5, shard: 1 };
        });
        const file = await write(events, entries);
        const lines = [];
        for await (const line of readBlob(file)) lines.push(line);
        assert.deepEqual(
          lines.filter(({ type }) => type !== 'blob' && type !== 'plan'),
          events.filter(({ type }) => type !== 'attempt-started' && type !== 'attempt-finished'),
        );
        const part = await scanBlob(file);
        assert.ok(!isBroken(part));
        assert.deepEqual(part.entries, entries);
        assert.deepEqual(
          part.finished,
          units.map(({ id }) => id),
        );
        const totals = emptyTotals();
        for (const unit of units) countUnit(totals, unit);
        assert.deepEqual(part.counted, totals);
      }),
      { numRuns: 40 },
    );
  });

  test('never writes into one that is there', async () => {
    const plan = planFor([], new Map(), null);
    const events = [...eventsOf(plan, null, new Map())];
    const file = await write(events, plan.entries);
    const before = readFileSync(file);
    await assert.rejects(feed(blobSink({ file, entries: [] }), events), { code: 'EEXIST' });
    assert.deepEqual(readFileSync(file), before);
  });

  test('of a run that did not end is truncated', async () => {
    const units = [unitAt('a'), unitAt('b')];
    const plan = planFor(units, new Map(), null);
    const events = [...eventsOf(plan, null, allPass(units))].slice(0, -1);
    const file = await write(events, plan.entries);
    // What was gathered when the run broke off is not written: it may be nothing at all.
    assert.match(await fault(file), /truncated|empty/);
  });
});

describe('a blob that is not in order', async () => {
  const units = [unitAt('a'), unitAt('été')];
  const plan = planFor(units, new Map(), null);
  const whole = readFileSync(await write([...eventsOf(plan, null, allPass(units))], plan.entries));
  const broken = newFile();

  test('any one byte changed is noticed', async () => {
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Buffer.from(whole);
      // Every position, and over them every difference that a byte can have.
      changed[at]! ^= 1 + (at % 255);
      writeFileSync(broken, changed);
      assert.match(await fault(broken), /corrupt|truncated|not a blob/, `byte ${at}`);
    }
  });

  test('any truncation is noticed', async () => {
    for (let length = 0; length < whole.length; length += 1) {
      writeFileSync(broken, whole.subarray(0, length));
      assert.match(await fault(broken), /truncated|empty/, `length ${length}`);
    }
  });

  test('lines left out, doubled, swapped or added are noticed', async () => {
    const lines = whole.toString('utf8').split(/(?<=\n)/);
    const at = fc.nat(lines.length - 1);
    const edits = fc.oneof(
      at.map((left) => lines.filter((_, index) => index !== left)),
      at.map((twice) => lines.flatMap((line, index) => (index === twice ? [line, line] : [line]))),
      fc.tuple(at, at).map(([a, b]) => lines.with(a, lines[b]!).with(b, lines[a]!)),
      fc.string().map((more) => [...lines, more]),
    );
    await fc.assert(
      fc.asyncProperty(edits, async (edited) => {
        const text = edited.join('');
        fc.pre(text !== lines.join(''));
        writeFileSync(broken, text);
        assert.notEqual(await fault(broken), 'none');
      }),
    );
  });

  test('names its units as far as it can be read', async () => {
    writeFileSync(broken, whole.subarray(0, whole.length - 200));
    const scanned = await scanBlob(broken);
    assert.ok(isBroken(scanned));
    assert.deepEqual(scanned.units, ['unit:a', 'unit:été']);
  });

  test('what is not a blob at all is said to be none', async () => {
    writeFileSync(broken, '{"schemaVersion":1}\n');
    assert.match(await fault(broken), /is not a blob/);
    assert.match(await fault(join(scratch, 'nowhere')), /can't be read: ENOENT/);
    assert.match(await fault(scratch), /can't be read: EISDIR/);
  });

  /** What another writer could have sealed. */
  function sealed(lines: readonly object[]): string {
    const seal = new BlobSeal();
    const bytes = lines.map((line) => Buffer.from(`${JSON.stringify(line)}\n`));
    for (const line of bytes) seal.add(line);
    writeFileSync(broken, Buffer.concat([...bytes, seal.close()]));
    return broken;
  }
  const heading = { type: 'blob', schemaVersion: 1, planHash: 'x', shard: null, units: 0 };

  test('a newer version is refused', async () => {
    assert.match(await fault(sealed([{ ...heading, schemaVersion: 2 }])), /has version 2/);
  });

  test('sealed, but not whole', async () => {
    assert.match(await fault(sealed([heading])), /its run has no end/);
    assert.match(await fault(sealed([{ ...heading, units: 1 }])), /its plan is not whole/);
    assert.match(await fault(sealed([heading, { type: 'new' }])), /not known: line 2/);
  });

  test('a fault is not taken for a defect of ours', async () => {
    await assert.rejects(async () => {
      for await (const _ of readBlob(scratch));
    }, BlobFault);
  });
});
