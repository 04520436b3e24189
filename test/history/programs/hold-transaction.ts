// Begins to record a unit, says "ready" in the middle of the transaction and stays there.
import { writeSync } from 'node:fs';
import type { UnitResult } from '../../../src/core/attempt.ts';
import { aRun, aUnit } from '../samples.ts';
import { openForTest } from '../sqlite/open-for-test.ts';

const [file = ''] = process.argv.slice(2);
const history = openForTest(file);
const run = aRun();
history.beginRun(run);
history.recordUnits(run.id, [aUnit('before', ['passed'])]);

class Stuck extends Array<UnitResult> {
  override *[Symbol.iterator](): ArrayIterator<UnitResult> {
    yield aUnit('within', ['passed']);
    writeSync(1, 'ready\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
}

history.recordUnits(run.id, new Stuck());
