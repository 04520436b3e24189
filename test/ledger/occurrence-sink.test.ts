import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '../../src/core/event.ts';
import { occurrenceSink } from '../../src/ledger/occurrence-sink.ts';
import { aRun, aTest, aUnit, anEnd } from '../history/samples.ts';
import { openForTest } from '../history/sqlite/open-for-test.ts';

test('a run that is replayed has its failures recorded once, however often it is', async () => {
  const history = openForTest(':memory:');
  const run = aRun();
  history.beginRun(run);
  // More than are written at once, and one that did not fail.
  const units = Array.from({ length: 100 }, (_, index) =>
    aUnit(`u${index}`, [
      {
        outcome: index === 0 ? 'passed' : 'failed',
        tests: [aTest('pays', index === 0 ? 'passed' : 'failed', { message: 'spawn ETXTBSY' })],
      },
    ]),
  );
  const events: readonly RunEvent[] = [
    { type: 'run-started', at: 0, run, planned: units.length },
    ...units.map((unit) => ({ type: 'unit-finished', at: 1, unit }) as const),
    { type: 'run-finished', at: 2, ...anEnd(units) },
  ];
  for (let time = 0; time < 2; time += 1) {
    const sink = occurrenceSink(history);
    for (const event of events) sink.handle(event);
    await sink.close();
  }
  const [one, ...others] = history.cases(null);
  assert.deepEqual([one?.times, one?.sites.length, others], [99, 99, []]);
});
