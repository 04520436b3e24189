import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { unitResult } from '../../src/core/attempt.ts';
import type { RunEvent, Sink } from '../../src/core/event.ts';
import { uuidv7 } from '../../src/core/ids.ts';
import { countUnit, emptyTotals } from '../../src/core/run.ts';
import { systemClock } from '../../src/core/clock.ts';
import { ctrfSink } from '../../src/report/ctrf.ts';
import { githubSink } from '../../src/report/github.ts';
import { jsonSink } from '../../src/report/json.ts';
import { junitSink } from '../../src/report/junit.ts';
import { ndjsonSink } from '../../src/report/ndjson.ts';
import { terminalSink } from '../../src/report/terminal.ts';
import { attempt, RUN, testResult, unit } from './one-unit.ts';
import { scratchDirectory } from './scratch.ts';

const UNITS = 10_000;
const TESTS = 10;

/** Kept whole, the units' tests alone would take over 20 MB. */
const LIMIT = 5 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

function heapUsed(): number {
  assert.ok(typeof collect === 'function');
  collect();
  return process.memoryUsage().heapUsed;
}

const runDir = scratchDirectory();
const quiet = {
  write() {},
  columns: 80,
  rows: 24,
  isTTY: true,
  colour: true,
};

const sinks: readonly (() => Sink)[] = [
  () => ndjsonSink({ file: join(runDir, 'events.ndjson') }),
  () => jsonSink({ file: join(runDir, 'report.json') }),
  () => junitSink({ file: join(runDir, 'junit.xml'), runDir }),
  () => ctrfSink({ file: join(runDir, 'ctrf.json') }),
  () => githubSink({ root: '/r', workspace: '/r', summaryFile: null, write() {} }),
  () =>
    terminalSink({
      stdout: quiet,
      stderr: quiet,
      live: true,
      unicode: true,
      root: '/r',
      runDir,
      reports: () => [],
      slowest: 5,
      clock: systemClock,
      ticker: { every: () => () => {} },
    }),
];

/** Every third unit fails, each with messages of its own. */
function* events(): Generator<RunEvent> {
  const at = Date.now();
  const totals = emptyTotals();
  yield { type: 'run-started', at, run: RUN, planned: UNITS };
  for (let index = 0; index < UNITS; index += 1) {
    yield { type: 'unit-planned', at, unit: unit(`test/${index}.test.js`), expectedMs: 10 };
  }
  for (let index = 0; index < UNITS; index += 1) {
    const of = unit(`test/${index}.test.js`);
    const outcome = index % 3 === 0 ? 'failed' : 'passed';
    const tests = Array.from({ length: TESTS }, (_, number) =>
      testResult(`test ${number} of ${index}`, outcome, `message ${number} of ${index}`.repeat(10)),
    );
    const only = attempt(outcome, { id: uuidv7(at), unitId: of.id, tests });
    const process = { slot: index % 8, pid: 100 + index, startTime: 1 };
    yield { type: 'attempt-started', at, unitId: of.id, attemptId: only.id, number: 1, ...process };
    yield { type: 'attempt-finished', at, attempt: only };
    const result = unitResult(of, [only]);
    countUnit(totals, result);
    yield { type: 'unit-finished', at, unit: result };
  }
  yield { type: 'run-finished', at, totals, durationMs: 1000, exitCode: 1, stopped: null };
}

describe(`${UNITS} units of ${TESTS} tests`, () => {
  for (const create of sinks) {
    test(`fit into a few megabytes: ${create().name}`, async () => {
      const sink = create();
      const before = heapUsed();
      let most = 0;
      let finished = 0;
      for (const event of events()) {
        sink.handle(event);
        if (event.type === 'unit-finished') finished += 1;
        // Just before the end as well, when it would hold everything.
        if (event.type === 'unit-finished' && finished % (UNITS / 2) === 0) {
          most = Math.max(most, heapUsed() - before);
        }
      }
      await sink.close();
      assert.ok(most < LIMIT, `${(most / 1024 / 1024).toFixed(1)} MiB`);
    });
  }
});
