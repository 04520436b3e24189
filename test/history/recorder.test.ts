import assert from 'node:assert/strict';
import { mock, type TestContext, test } from 'node:test';
import type { UnitResult } from '../../src/core/attempt.ts';
import { systemClock } from '../../src/core/clock.ts';
import { environmentError } from '../../src/core/errors.ts';
import type { RunEvent } from '../../src/core/event.ts';
import type { RunInfo } from '../../src/core/run.ts';
import type { Trip } from '../../src/core/trip.ts';
import type { History } from '../../src/history/history.ts';
import { HistoryRecorder } from '../../src/history/recorder.ts';
import { fanOut } from '../../src/report/fan-out.ts';
import { anEnd, aRun, aTrip, aUnit } from './samples.ts';
import { openForTest } from './sqlite/open-for-test.ts';

function started(run: RunInfo): RunEvent {
  return { type: 'run-started', at: 0, run, planned: 1 };
}

function finished(unit: UnitResult): RunEvent {
  return { type: 'unit-finished', at: 0, unit };
}

function ended(units: readonly UnitResult[]): RunEvent {
  return { type: 'run-finished', at: 0, ...anEnd(units) };
}

function noticed(trip?: Trip): RunEvent {
  const notice = { type: 'notice', at: 0, level: 'warning', code: 'any', message: 'any' } as const;
  return trip === undefined ? notice : { ...notice, trip };
}

/** A history that counts its transactions, and fails in those that `fail` names. */
function counting(fail: (transaction: number) => string | null = () => null): {
  history: History;
  transactions: () => number;
} {
  const history = openForTest(':memory:');
  const record = history.recordUnits.bind(history);
  let transactions = 0;
  mock.method(history, 'recordUnits', (runId: string, units: readonly UnitResult[]) => {
    transactions += 1;
    const code = fail(transactions);
    if (code !== null) throw environmentError(code, 'the history failed');
    record(runId, units);
  });
  return { history, transactions: () => transactions };
}

/** Time of timers that stands still until it is moved on. */
function steppedTime(context: TestContext): (ms: number) => void {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  return (ms) => context.mock.timers.tick(ms);
}

const units = Array.from({ length: 150 }, (_, index) => aUnit(`unit ${index}`, ['passed']));

test('records a run: its units, its end', () => {
  const { history } = counting();
  const recorder = new HistoryRecorder(history);
  const run = aRun();
  const events = [started(run), ...units.map(finished), ended(units)];
  for (const event of events) recorder.handle(event);
  recorder.close();
  const record = history.run(run.id);
  assert.deepEqual(record?.end, anEnd(units));
  assert.equal(record?.counts.passed, 150);
});

test('takes a replay of the whole stream without a trace', () => {
  const { history } = counting();
  const run = aRun();
  const replay = (): unknown => {
    const recorder = new HistoryRecorder(history);
    for (const event of [started(run), ...units.map(finished), ended(units)]) {
      recorder.handle(event);
    }
    return [history.runs(9), history.units(), history.unitHistory('unit 7', 9)];
  };
  assert.deepEqual(replay(), replay());
});

test('puts units that come fast into few transactions', () => {
  const { history, transactions } = counting();
  const recorder = new HistoryRecorder(history);
  for (const event of [started(aRun()), ...units.map(finished), ended(units)]) {
    recorder.handle(event);
  }
  assert.equal(transactions(), 3);
});

test('lets a unit wait only for a moment', (context) => {
  const tick = steppedTime(context);
  const { history, transactions } = counting();
  const recorder = new HistoryRecorder(history);
  recorder.handle(started(aRun()));
  recorder.handle(finished(aUnit('a', ['passed'])));
  assert.equal(transactions(), 0);
  tick(250);
  assert.equal(history.units().length, 1);
  tick(1000);
  assert.equal(transactions(), 1);
});

test('writes what waits when it is closed without an end', () => {
  const { history } = counting();
  const recorder = new HistoryRecorder(history);
  recorder.handle(started(aRun()));
  recorder.handle(finished(aUnit('a', ['passed'])));
  recorder.close();
  assert.equal(history.units().length, 1);
});

test('does not keep the process alive', () => {
  const { history } = counting();
  const recorder = new HistoryRecorder(history);
  recorder.handle(started(aRun()));
  recorder.handle(finished(aUnit('a', ['passed'])));
  assert.ok(!process.getActiveResourcesInfo().includes('Timeout'));
  recorder.close();
});

test('a failing history is told once, and the run goes on without', async () => {
  const { history, transactions } = counting(() => 'history-full');
  const seen: RunEvent[] = [];
  const last = { name: 'last', handle: (event: RunEvent) => void seen.push(event), close() {} };
  const sinks = fanOut([new HistoryRecorder(history), last], systemClock);
  for (const event of [started(aRun()), ...units.map(finished), ended(units)]) sinks.handle(event);
  const failures = await sinks.close();
  assert.equal(transactions(), 1);
  assert.deepEqual(
    failures.map(({ sink }) => sink),
    ['history'],
  );
  const notices = seen.filter((event) => event.type === 'notice');
  assert.equal(notices.length, 1);
  assert.match(notices[0]?.message ?? '', /history could not be written: history-full/);
  assert.equal(seen.at(-1)?.type, 'run-finished');
});

test('what fails behind the timer is told with the next event', (context) => {
  const tick = steppedTime(context);
  const { history } = counting(() => 'history-corrupt');
  const recorder = new HistoryRecorder(history);
  recorder.handle(started(aRun()));
  recorder.handle(finished(aUnit('a', ['passed'])));
  tick(250);
  assert.throws(() => recorder.handle(finished(aUnit('b', ['passed']))), /the history failed/);
  recorder.close();
});

test('a history that is busy for a while loses nothing', (context) => {
  const tick = steppedTime(context);
  const { history } = counting((transaction) => (transaction <= 2 ? 'history-busy' : null));
  const recorder = new HistoryRecorder(history);
  recorder.handle(started(aRun()));
  for (const path of ['a', 'b', 'c']) {
    recorder.handle(finished(aUnit(path, ['passed'])));
    tick(250);
  }
  recorder.close();
  assert.equal(history.units().length, 3);
});

test('a history that stays busy is given up', (context) => {
  const tick = steppedTime(context);
  const { history, transactions } = counting(() => 'history-busy');
  const recorder = new HistoryRecorder(history);
  recorder.handle(started(aRun()));
  for (const path of ['a', 'b', 'c']) {
    recorder.handle(finished(aUnit(path, ['passed'])));
    tick(250);
  }
  assert.throws(() => recorder.close(), /the history failed/);
  assert.equal(transactions(), 3);
});

test('records what changed around the suite, each once however often it is replayed', () => {
  const { history } = counting();
  const run = aRun();
  const trips = ['a', 'b', 'c'].map((what) => aTrip({ what }));
  const [first, ...later] = trips.map(noticed);
  assert.ok(first);
  for (const times of [1, 2]) {
    const recorder = new HistoryRecorder(history);
    const before = [started(run), first, noticed(), finished(aUnit('a', ['passed']))];
    for (const event of before) recorder.handle(event);
    // In two transactions, the second time.
    if (times === 2) for (const unit of units.slice(0, 64)) recorder.handle(finished(unit));
    for (const event of [...later, ended([])]) recorder.handle(event);
    recorder.close();
    assert.deepEqual(
      history.trips({ runs: 1 }).map(({ trip }) => trip),
      trips,
    );
  }
});

test('lets a trip wait only for a moment', (context) => {
  const tick = steppedTime(context);
  const { history } = counting();
  const recorder = new HistoryRecorder(history);
  recorder.handle(started(aRun()));
  recorder.handle(noticed(aTrip()));
  assert.equal(history.trips({ runs: 1 }).length, 0);
  tick(250);
  assert.equal(history.trips({ runs: 1 }).length, 1);
});
