import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Trip } from '../../src/core/trip.ts';
import { Digest } from '../../src/report/digest.ts';
import { stepSummary } from '../../src/report/github/summary.ts';
import { suspectsCommand, suspectsCommands } from '../../src/report/suspects-command.ts';
import { anEnd, aRun, aTrip } from '../history/samples.ts';

function digestOf(number: number | null, ...trips: readonly Partial<Trip>[]): Digest {
  const digest = new Digest(0);
  digest.handle({ type: 'run-started', at: 0, run: aRun({ number }), planned: 0 });
  for (const over of trips) {
    const trip = aTrip(over);
    const notice = { level: 'error', code: 'tripped', message: trip.what, trip } as const;
    digest.handle({ type: 'notice', at: 0, ...notice });
  }
  digest.handle({ type: 'run-finished', at: 0, ...anEnd() });
  return digest;
}

describe('the command that ranks suspects', () => {
  test('is one word for the shell', () => {
    assert.equal(suspectsCommand('the index'), "pindown suspects 'the index'");
    assert.equal(suspectsCommand('-x'), 'pindown suspects ./-x');
  });

  test('is told for each thing once, HEAD before what it drags along, and not for all of many', () => {
    const digest = digestOf(
      1,
      { kind: 'tree', what: 'a' },
      { kind: 'tree', what: 'b' },
      { kind: 'tree', what: 'c' },
      {},
      {},
    );
    assert.deepEqual(suspectsCommands(digest), [
      'pindown suspects HEAD',
      'pindown suspects a',
      'pindown suspects b',
    ]);
  });

  test('is told only where the culprit is unknown and there are suspects', () => {
    const asked = (over: Partial<Trip>): boolean => suspectsCommands(digestOf(1, over)).length > 0;
    assert.ok(asked({}));
    assert.ok(asked({ at: null, running: [] }));
    assert.ok(!asked({ culprit: 'unit:a' }));
    assert.ok(!asked({ change: 'restored' }));
    assert.ok(!asked({ running: [] }));
    assert.deepEqual(suspectsCommands(digestOf(null, {})), []);
  });

  test("stands in GitHub's summary", () => {
    const asked = /Who did it:\n\n\S*\s*pindown suspects HEAD/;
    assert.match(stepSummary(digestOf(1, {}), 10_000), asked);
    assert.doesNotMatch(stepSummary(digestOf(1, { culprit: 'unit:a' }), 10_000), /Who did it/);
  });
});
