import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { Attempt, UnitResult } from '../../src/core/attempt.ts';
import { PindownError } from '../../src/core/errors.ts';
import { uuidv7 } from '../../src/core/ids.ts';
import { type AttemptOutcome, zeroCounts } from '../../src/core/outcome.ts';
import { TEXT_BYTES } from '../../src/history/cut.ts';
import { DURATION_SAMPLES, type Flake, type History } from '../../src/history/history.ts';
import type { Occurrence } from '../../src/history/occurrence.ts';
import { wilsonInterval } from '../../src/history/wilson.ts';
import { steps, trip as anyTrip, unit as anyUnit } from './arbitraries.ts';
import { type ExpectedFlake, expectedFlakes } from './model.ts';
import { anEnd, aRun, aTest, aTrip, aUnit } from './samples.ts';

/** What every implementation of the history must do. `make` gives a new, empty one. */
export function historyConformance(name: string, make: () => History): void {
  describe(`history: ${name}`, () => {
    runs(make);
    planning(make);
    records(make);
    flakes(make);
    surroundings(make);
    faults(make);
  });
}

/** Records one run with these units; gives its id. */
function record(history: History, ...units: readonly UnitResult[]): string {
  const run = aRun();
  history.beginRun(run);
  history.recordUnits(run.id, units);
  return run.id;
}

function unknownRun(error: unknown): boolean {
  return error instanceof PindownError && error.code === 'history-unknown-run';
}

function timed(outcome: AttemptOutcome, durationMs: number): Partial<Attempt> {
  return { outcome, durationMs };
}

function byJson(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/** A flake as the model tells it. */
function seen(flake: Flake): ExpectedFlake {
  return {
    unitId: flake.unit.id,
    test: flake.test === null ? null : `${flake.test.occurrence} ${flake.test.name}`,
    attempts: flake.attempts,
    failures: flake.failures,
    flakyRuns: flake.flakyRuns,
    runs: flake.runs,
    lastSeen: flake.lastSeen.number - 1,
    passingAttempt: flake.passingAttempt,
    failingAttempt: flake.failingAttempt,
  };
}

function runs(make: () => History): void {
  test('numbers runs from 1, and a known run keeps its number', () => {
    const history = make();
    const first = aRun();
    assert.equal(history.beginRun(first), 1);
    assert.equal(history.beginRun(aRun()), 2);
    assert.equal(history.beginRun(first), 1);
    assert.equal(history.runs(10).length, 2);
  });

  test('keeps the number of an imported run unless another run has it', () => {
    const history = make();
    assert.equal(history.beginRun(aRun({ number: 41 })), 41);
    assert.equal(history.beginRun(aRun()), 42);
    assert.equal(history.beginRun(aRun({ number: 41 })), 43);
    assert.equal(history.beginRun(aRun({ number: 7 })), 7);
    assert.equal(history.beginRun(aRun()), 44);
  });

  test('gives a run back as it was, with its end and its counts', () => {
    const history = make();
    const run = aRun();
    const number = history.beginRun(run);
    assert.deepEqual(history.run(run.id), {
      info: { ...run, number },
      end: null,
      counts: zeroCounts(),
    });
    const units = [aUnit('a', ['passed']), aUnit('b', ['failed', 'passed']), aUnit('c', ['hung'])];
    history.recordUnits(run.id, units);
    const end = anEnd(units, { exitCode: 5, stopped: 'too many flaky units' });
    history.finishRun(run.id, end);
    history.finishRun(run.id, end);
    assert.deepEqual(history.run(number), {
      info: { ...run, number },
      end,
      counts: { ...zeroCounts(), passed: 1, flaky: 1, hung: 1 },
    });
    assert.equal(history.run(uuidv7()), null);
    assert.equal(history.run(99), null);
  });

  test('lists the latest runs first, as many as asked for', () => {
    const history = make();
    for (let run = 1; run <= 5; run += 1) history.beginRun(aRun());
    const numbers = (limit: number): number[] => history.runs(limit).map(({ info }) => info.number);
    assert.deepEqual(numbers(2), [5, 4]);
    assert.deepEqual(numbers(Infinity), [5, 4, 3, 2, 1]);
  });

  test('refuses the units and the end of a run that was not begun', () => {
    const history = make();
    assert.throws(() => history.recordUnits(uuidv7(), [aUnit('a', ['passed'])]), unknownRun);
    assert.throws(() => history.finishRun(uuidv7(), anEnd()), unknownRun);
    assert.deepEqual(history.units(), []);
  });

  test('records all units of a call or none', () => {
    const history = make();
    const run = aRun();
    history.beginRun(run);
    const good = aUnit('good', ['passed']);
    const stolen = aUnit('stolen', [{ id: good.attempts[0]?.id ?? '' }]);
    assert.throws(() => history.recordUnits(run.id, [good, stolen]), PindownError);
    assert.deepEqual(history.units(), []);
  });
}

function planning(make: () => History): void {
  test('gives the durations of clean attempts, each alone, the latest first', () => {
    const history = make();
    record(history, aUnit('a', [timed('passed', 10)]), aUnit('b', [timed('hung', 300_000)]));
    record(history, aUnit('a', [timed('failed', 7), timed('passed', 20)]));
    record(history, aUnit('a', [timed('cancelled', 3), timed('passed', 30)]));
    assert.deepEqual(history.durations(), new Map([['unit:a', [30, 20, 10]]]));
  });

  test('gives the durations of the last attempts only', () => {
    const history = make();
    for (let ms = 1; ms <= DURATION_SAMPLES + 5; ms += 1) {
      record(history, aUnit('a', [timed('passed', ms)]));
    }
    const samples = history.durations().get('unit:a');
    assert.equal(samples?.length, DURATION_SAMPLES);
    assert.deepEqual([samples?.[0], samples?.at(-1)], [DURATION_SAMPLES + 5, 6]);
  });

  test('does not mix durations in a process of its own with those in a shared one', () => {
    const history = make();
    record(history, aUnit('a', [{ ...timed('passed', 50), batchSize: 8 }]));
    record(history, aUnit('a', [timed('failed', 40), timed('passed', 900)]));
    assert.deepEqual(history.durations().get('unit:a'), [50]);
  });

  test('keeps imported durations apart, by source, the newest import of a unit in front', () => {
    const history = make();
    record(history, aUnit('a', [timed('passed', 10)]));
    history.importDurations(
      'ci',
      new Map([
        ['unit:a', [3, 2, 1]],
        ['unit:b', [4]],
      ]),
    );
    history.importDurations('laptop', new Map([['unit:b', [5, 6]]]));
    const expected = new Map([
      ['unit:a', [3, 2, 1]],
      ['unit:b', [5, 6]],
    ]);
    assert.deepEqual(history.importedDurations(), expected);
    assert.deepEqual(history.durations(), new Map([['unit:a', [10]]]));
    history.importDurations(
      'ci',
      new Map([
        ['unit:b', [7]],
        ['unit:c', [8]],
      ]),
    );
    const replaced = new Map([
      ['unit:b', [7]],
      ['unit:c', [8]],
    ]);
    assert.deepEqual(history.importedDurations(), replaced);
  });

  test('remembers what a unit last came to, beyond a run that never asked it', () => {
    const history = make();
    record(history, aUnit('a', ['passed']), aUnit('b', ['failed']), aUnit('c', ['cancelled']));
    record(history, aUnit('a', ['failed', 'passed']), aUnit('b', ['cancelled']));
    record(history, aUnit('b', ['lost']));
    assert.deepEqual(
      history.lastOutcomes(),
      new Map([
        ['unit:a', 'flaky'],
        ['unit:b', 'failed'],
      ]),
    );
  });

  test('remembers how many tests a unit had, beyond an attempt that was cut short', () => {
    const history = make();
    const tests = [aTest('one', 'passed'), aTest('two', 'failed')];
    record(history, aUnit('a', [{ outcome: 'failed', tests }]), aUnit('b', ['crashed']));
    record(history, aUnit('a', [{ outcome: 'crashed', tests: tests.slice(1) }]));
    record(history, aUnit('a', ['no-tests']));
    assert.deepEqual(history.testCounts(), new Map([['unit:a', 2]]));
  });
}

function records(make: () => History): void {
  test('reads back what was recorded, after any sequence of steps', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const history = make();
        const run = [aRun(), aRun(), aRun()];
        const model = run.map(() => new Map<string, UnitResult>());
        for (const { id } of run) history.beginRun(aRun({ id }));
        for (const step of sequence) {
          history.recordUnits(run[step.run]?.id ?? '', [step.unit]);
          model[step.run]?.set(step.unit.id, step.unit);
        }
        for (const [index, units] of model.entries()) {
          const counts = zeroCounts();
          for (const unit of units.values()) counts[unit.outcome] += 1;
          assert.deepEqual(history.run(run[index]?.id ?? '')?.counts, counts);
        }
        for (const { id } of history.units()) {
          const expected = model.flatMap((units) => units.get(id) ?? []).toReversed();
          const read = history.unitHistory(id, Infinity).map(({ unit }) => unit);
          assert.deepEqual(read, expected);
        }
        assert.deepEqual(
          new Set(history.units().map(({ id }) => id)),
          new Set(model.flatMap((units) => [...units.keys()])),
        );
        history.close();
      }),
      { numRuns: 60 },
    );
  });

  test('takes the same unit again without a trace', () => {
    fc.assert(
      fc.property(anyUnit, (unit) => {
        const history = make();
        const id = record(history, unit);
        const before = [
          history.runs(9),
          history.unitHistory(unit.id, 9),
          history.flaky({ runs: 9 }),
        ];
        history.recordUnits(id, [unit]);
        const after = [
          history.runs(9),
          history.unitHistory(unit.id, 9),
          history.flaky({ runs: 9 }),
        ];
        assert.deepEqual(after, before);
        history.close();
      }),
      { numRuns: 30 },
    );
  });

  test('finds a unit by id and by path, in every suite that has it', () => {
    const history = make();
    record(history, aUnit('a', ['passed'], 'node'), aUnit('a', ['failed'], 'browser'));
    record(history, aUnit('a', ['passed'], 'browser'));
    const found = (unit: string, limit = 9): string[] =>
      history.unitHistory(unit, limit).map((each) => `${each.run.number} ${each.unit.id}`);
    assert.deepEqual(found('a'), ['2 browser:a', '1 browser:a', '1 node:a']);
    assert.deepEqual(found('node:a'), ['1 node:a']);
    assert.deepEqual(found('a', 1), ['2 browser:a']);
    assert.deepEqual(found('b'), []);
    assert.deepEqual(history.units(), [
      { id: 'browser:a', suite: 'browser', framework: 'node-test', path: 'a' },
      { id: 'node:a', suite: 'node', framework: 'node-test', path: 'a' },
    ]);
  });

  test('finds an attempt by its id and by any prefix that only it has', () => {
    const history = make();
    const ids = ['0190-aa', '0190-ab', '0190-b', '0190-b1'];
    const units = ids.map((id) => aUnit(`unit of ${id}`, [{ id }]));
    const runId = record(history, ...units);
    const kind = (prefix: string): string => history.attempt(prefix).kind;
    assert.deepEqual(history.attempt('0190-AA'), {
      kind: 'found',
      run: { id: runId, number: 1, startedAt: aRun().startedAt },
      unit: history.units().find(({ path }) => path === 'unit of 0190-aa'),
      attempt: units[0]?.attempts[0],
    });
    assert.equal(kind('0190-ab'), 'found');
    assert.equal(kind('0190-b'), 'found', 'a whole id, though another one begins with it');
    assert.deepEqual(history.attempt('0190-a'), { kind: 'ambiguous', ids: ids.slice(0, 2) });
    assert.equal(kind('0191'), 'unknown');
    assert.equal(kind('%'), 'unknown');
  });

  test('shows a NUL as its symbol, and keeps what follows', () => {
    const history = make();
    const tests = [aTest('a\0b', 'failed', { message: 'c\0d' })];
    record(history, aUnit('a', [{ outcome: 'failed', reason: 'e\0f', tests }]));
    const attempt = history.unitHistory('a', 1)[0]?.unit.attempts[0];
    const [read] = attempt?.tests ?? [];
    assert.deepEqual([read?.name, read?.message, attempt?.reason], ['a␀b', 'c␀d', 'e␀f']);
  });

  test('cuts long texts, and keeps long names apart', () => {
    const history = make();
    const long = '🧨é'.repeat(5_000);
    const tests = [
      aTest(`${long} 1`, 'failed', { message: long }),
      aTest(`${long} 2`, 'passed', { message: 'ä'.repeat(TEXT_BYTES / 2) }),
    ];
    record(history, aUnit('a', [{ outcome: 'failed', reason: long, errors: [long], tests }]));
    const attempt = history.unitHistory('a', 1)[0]?.unit.attempts[0];
    assert.ok(attempt);
    const [first, second] = attempt.tests;
    for (const text of [attempt.reason, attempt.errors[0], first?.message, first?.name]) {
      assert.ok(text);
      assert.ok(Buffer.byteLength(text) <= TEXT_BYTES);
      assert.ok(text.isWellFormed(), 'no character halved');
      assert.ok(text.startsWith('🧨é🧨é') && text.includes('…'));
    }
    assert.equal(second?.message, tests[1]?.message, 'what just fits stays whole');
    assert.notEqual(first?.name, second?.name);
  });
}

function flakes(make: () => History): void {
  test('counts what was flaky as the model does, after any sequence of steps', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const history = make();
        const model = [0, 1, 2].map(() => new Map<string, UnitResult>());
        const run = model.map(() => aRun());
        for (const each of run) history.beginRun(each);
        for (const step of sequence) {
          history.recordUnits(run[step.run]?.id ?? '', [step.unit]);
          model[step.run]?.set(step.unit.id, step.unit);
        }
        const found = history.flaky({ runs: 3 });
        assert.deepEqual(found.map(seen).sort(byJson), expectedFlakes(model).sort(byJson));
        for (const { flakyRuns, runs: all, rate, interval } of found) {
          assert.equal(rate, flakyRuns / all);
          assert.deepEqual(interval, wilsonInterval(flakyRuns, all));
        }
        history.close();
      }),
      { numRuns: 100 },
    );
  });

  test('ranks by the lower end of the interval: 6 of 12 before 1 of 1', () => {
    const history = make();
    for (let run = 0; run < 12; run += 1) {
      record(history, aUnit('often', run % 2 === 0 ? ['failed', 'passed'] : ['passed']));
    }
    record(history, aUnit('once', ['failed', 'passed']));
    const ranked = history.flaky({ runs: 20 }).map(({ unit }) => unit.path);
    assert.deepEqual(ranked, ['often', 'once']);
  });

  test('looks back over as many runs as asked for', () => {
    const history = make();
    record(history, aUnit('a', ['failed', 'passed']));
    record(history, aUnit('a', ['passed']));
    assert.equal(history.flaky({ runs: 2 }).length, 1);
    assert.equal(history.flaky({ runs: 1 }).length, 0);
  });
}

function surroundings(make: () => History): void {
  test('gives back what changed around the suite as it was told, and in that order', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyTrip, { maxLength: 4 }), { maxLength: 4 }), (told) => {
        const history = make();
        for (const trips of told) {
          const run = aRun();
          history.beginRun(run);
          history.recordTrips(run.id, 0, trips);
        }
        assert.deepEqual(
          history.trips({ runs: 4 }).map(({ run, trip }) => [run.number, trip]),
          told.flatMap((trips, index) => trips.map((trip) => [index + 1, trip])),
        );
        history.close();
      }),
      { numRuns: 25 },
    );
  });

  test('takes trips that it has for a replay, and adds the ones that it has not', () => {
    const history = make();
    const run = aRun();
    history.beginRun(run);
    const [first, second, third] = ['a', 'b', 'c'].map((what) => aTrip({ what }));
    assert.ok(first && second && third);
    history.recordTrips(run.id, 0, [first, second]);
    history.recordTrips(run.id, 0, [first, second]);
    history.recordTrips(run.id, 1, [second, third]);
    assert.deepEqual(
      history.trips({ runs: 1 }).map(({ trip }) => trip.what),
      ['a', 'b', 'c'],
    );
    assert.throws(() => history.recordTrips(uuidv7(), 0, [first]), unknownRun);
  });

  test('looks back for trips over as many runs as asked for', () => {
    const history = make();
    for (const what of ['old', 'new']) {
      const run = aRun();
      history.beginRun(run);
      history.recordTrips(run.id, 0, [aTrip({ what })]);
    }
    const whats = (latest: number): string[] =>
      history.trips({ runs: latest }).map(({ trip }) => trip.what);
    assert.deepEqual(whats(1), ['new']);
    assert.deepEqual(whats(2), ['old', 'new']);
  });

  test('remembers who ran even where many did', () => {
    const history = make();
    const running = Array.from({ length: 500 }, (_, index) => `unit:${index}`);
    const run = aRun();
    history.beginRun(run);
    history.recordTrips(run.id, 0, [aTrip({ running })]);
    assert.deepEqual(history.trips({ runs: 1 })[0]?.trip.running, running);
  });

  test('says how long each unit ran in the runs that were watched', () => {
    const history = make();
    const units = [
      aUnit('a', [
        { ...timed('failed', 1000), startedAt: '2026-01-02T03:04:01.250Z' },
        { ...timed('passed', 500), startedAt: '2026-01-02T03:04:04.250Z' },
      ]),
      aUnit('b', [{ ...timed('passed', 3500), startedAt: '2026-01-02T03:04:02.250Z' }]),
      aUnit('never started', [{ startedAt: null, durationMs: 0, outcome: 'cancelled' }]),
    ];
    for (const watched of [false, true, undefined, true]) {
      const run = aRun(watched === undefined ? {} : { watched });
      history.beginRun(run);
      history.recordUnits(
        run.id,
        units.map((unit) => ({
          ...unit,
          attempts: unit.attempts.map((attempt) => ({ ...attempt, id: uuidv7() })),
        })),
      );
    }
    const exposures = history.exposures({ runs: 4 });
    assert.deepEqual(
      exposures.map(({ run, ms }) => [run.number, ms]),
      [
        [2, 4500],
        [4, 4500],
      ],
    );
    assert.deepEqual(
      exposures[0]?.units,
      new Map([
        ['unit:a', { ms: 1500, attempts: 2 }],
        ['unit:b', { ms: 3500, attempts: 1 }],
      ]),
    );
    assert.deepEqual(
      history.exposures({ runs: 2 }).map(({ run }) => run.number),
      [4],
    );
  });
}

function anOccurrence(over: Partial<Occurrence> = {}): Occurrence {
  return {
    signature: 's1:aaaa',
    text: 'it failed',
    kind: 'failure',
    path: 'a.test.ts',
    attemptId: uuidv7(),
    test: { name: 'adds', occurrence: 1 },
    gotcha: null,
    ...over,
  };
}

/** Records one run with these failures of one unit; gives its id. */
function met(history: History, ...failures: readonly Occurrence[]): string {
  const run = aRun();
  history.beginRun(run);
  history.recordOccurrences(run.id, new Map([['unit:a.test.ts', failures]]));
  return run.id;
}

function faults(make: () => History): void {
  test('says of each fault when, how often and where it was met, the latest first', () => {
    const history = make();
    met(history, anOccurrence(), anOccurrence({ kind: 'flake', test: null }));
    met(history, anOccurrence({ signature: 's1:bbbb', text: 'it crashed', path: 'b' }));
    const last = anOccurrence({ kind: 'excused' });
    met(history, last);
    met(history);
    const all = history.cases(null);
    assert.deepEqual(
      all.map((fault) => ({
        signature: fault.signature,
        times: fault.times,
        runs: fault.runs,
        flakyRuns: fault.flakyRuns,
        runsSince: fault.runsSince,
        between: [fault.first.number, fault.last.number],
      })),
      [
        { signature: 's1:aaaa', times: 3, runs: 2, flakyRuns: 2, runsSince: 1, between: [1, 3] },
        { signature: 's1:bbbb', times: 1, runs: 1, flakyRuns: 0, runsSince: 2, between: [2, 2] },
      ],
    );
    assert.deepEqual(
      all[0]?.sites.map(({ test: name, times }) => [name, times]),
      [
        ['adds', 2],
        [null, 1],
      ],
    );
    assert.equal(all[0]?.sites[0]?.lastAttempt, last.attemptId);
    assert.deepEqual(history.cases(['s1:bbbb', 's1:none']), [all[1]]);
    assert.deepEqual(history.cases([]), []);
  });

  test('replaces the failures of a unit when they are recorded again', () => {
    const history = make();
    const run = met(history, anOccurrence(), anOccurrence());
    history.recordOccurrences(run, new Map([['unit:a.test.ts', [anOccurrence()]]]));
    assert.equal(history.cases(null)[0]?.times, 1);
  });

  test('gives the failures of an attempt back as they were, in order', () => {
    const history = make();
    const attempt = uuidv7();
    const failures = [
      anOccurrence({ attemptId: attempt, gotcha: 'known', kind: 'flake' }),
      anOccurrence({ attemptId: attempt, test: null, signature: 's1:bbbb', text: 'two' }),
    ];
    const run = met(history, ...failures, anOccurrence());
    assert.deepEqual(history.occurrences(attempt), []);
    const unit = aUnit('a.test.ts', [{ id: attempt, outcome: 'failed' }]);
    history.recordUnits(run, [unit]);
    assert.deepEqual(history.occurrences(attempt), failures);
  });

  test('refuses the failures of a run that was not begun', () => {
    const history = make();
    assert.throws(() => history.recordOccurrences(uuidv7(), new Map([['a', []]])), unknownRun);
  });
}
