import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Attempt, TestResult, UnitResult } from '../../src/core/attempt.ts';
import { PindownError } from '../../src/core/errors.ts';
import type { AttemptOutcome } from '../../src/core/outcome.ts';
import type { History } from '../../src/history/history.ts';
import { failuresOf } from '../../src/ledger/failure.ts';
import { parseGotcha } from '../../src/ledger/gotcha/parse-gotcha.ts';
import { Ledger, type LedgerEnd } from '../../src/ledger/ledger.ts';
import { occurrencesOf } from '../../src/ledger/occurrences.ts';
import { openForTest } from '../history/sqlite/open-for-test.ts';
import { anEnd, aRun, aTest, aUnit } from '../history/samples.ts';

const ROOT = '/home/somebody/project';
const NOW = Date.parse('2026-12-01T00:00:00Z');

const failing = (name: string, message: string, over: Partial<TestResult> = {}): TestResult =>
  aTest(name, 'failed', { message, ...over });

function many(count: number, message: string): TestResult[] {
  return Array.from({ length: count }, (_, index) => failing(`pays ${index}`, message));
}

function attempt(outcome: AttemptOutcome, ...tests: readonly TestResult[]): Partial<Attempt> {
  return { outcome, tests };
}

/** One that failed and then passed. */
function flaky(path: string, name: string, message: string): UnitResult {
  return aUnit(path, [
    attempt('failed', failing(name, message)),
    attempt('passed', aTest(name, 'passed')),
  ]);
}

/** Runs the ledger over units, as a run does. */
function ran(
  history: History,
  units: readonly UnitResult[],
  ...gotchas: readonly string[]
): LedgerEnd {
  const run = aRun();
  history.beginRun(run);
  const ledger = new Ledger(
    gotchas.map((text, index) => parseGotcha(`.pindown-ledger/g${index}.md`, text)),
    ROOT,
    NOW,
  );
  history.recordUnits(
    run.id,
    units.map((unit) => ledger.settle(unit)),
  );
  const end = ledger.finish(run.id, history);
  history.finishRun(run.id, anEnd(units));
  return end;
}

function codes({ notices }: LedgerEnd): string[] {
  return notices.map(({ code }) => code);
}

function failedUnit(path: string, message: string): UnitResult {
  return aUnit(path, [attempt('failed', failing('pays', message))]);
}

function refused(): UnitResult {
  return flaky('a', 'pays', 'connect ECONNREFUSED 127.0.0.1:4000');
}

function kinds(unit: UnitResult): string[] {
  return occurrencesOf(unit, ROOT).map((met) => `${met.kind} ${met.test?.name ?? 'unit'}`);
}

function told(over: Partial<Attempt>): string[] {
  const failures = failuresOf(aUnit('a', [over]), { root: ROOT });
  return failures.map((failure) => `${failure.test}: ${failure.message}`);
}

describe('failures', () => {
  test('of a flaky unit are flakes, and of one that failed only those that were followed by a success', () => {
    assert.deepEqual(kinds(flaky('a', 'adds', 'no')), ['flake adds']);
    const unit = aUnit('a', [
      attempt('failed', failing('adds', 'no'), failing('takes', 'no')),
      attempt('failed', aTest('adds', 'passed'), failing('takes', 'no')),
    ]);
    assert.deepEqual(kinds(unit), ['flake adds', 'failure takes', 'failure takes']);
  });

  test("of a test's earlier tries by its framework are flakes", () => {
    const tried = aTest('adds', 'passed', { failedTries: ['first', 'second'] });
    assert.deepEqual(kinds(aUnit('a', [attempt('passed', tried)])), ['flake adds', 'flake adds']);
  });

  test('that a rule excused are that', () => {
    const excused = {
      ...attempt('spawn-failed'),
      reason: 'spawn ETXTBSY',
      retry: { rule: 'exec-busy', because: 'busy' },
    };
    assert.deepEqual(kinds(aUnit('a', [excused, attempt('passed', aTest('adds', 'passed'))])), [
      'excused unit',
    ]);
  });

  test('of a unit stand for themselves where no test explains them', () => {
    const failed = failing('adds', 'no');
    assert.deepEqual(told({ outcome: 'failed', tests: [failed] }), ['adds: no']);
    assert.deepEqual(told({ outcome: 'failed', tests: [failed], errors: ['late'] }), [
      'adds: no',
      'null: late',
    ]);
    assert.deepEqual(told({ outcome: 'crashed', tests: [failed], reason: 'died' }), [
      'adds: no',
      'null: died',
    ]);
    assert.deepEqual(told({ outcome: 'cancelled', tests: [] }), []);
    assert.deepEqual(told({ outcome: 'passed', tests: [aTest('adds', 'passed')] }), []);
  });
});

describe('over twenty runs', () => {
  test('each flake is one case: opened once, asked about from its second run on', () => {
    const history = openForTest(':memory:');
    const asked: number[] = [];
    for (let run = 1; run <= 20; run += 1) {
      const units = [
        aUnit('c', [attempt('passed', aTest('holds', 'passed'))]),
        ...(run % 5 === 0
          ? [flaky('a', 'pays', `connect ECONNREFUSED 127.0.0.1:${4000 + run}`)]
          : []),
        ...(run === 10
          ? [flaky('b', 'calls', `connect ECONNREFUSED 127.0.0.1:${4000 + run}`)]
          : []),
        ...(run === 7 ? [flaky('a', 'pays', `Error: card ${run} is unknown`)] : []),
      ];
      const end = ran(history, units);
      if (end.uninvestigated) asked.push(run);
      const expected = end.uninvestigated
        ? ['uninvestigated']
        : units.length > 1
          ? ['case-opened']
          : [];
      assert.deepEqual(codes(end), expected, `run ${run}`);
    }
    assert.deepEqual(asked, [10, 15, 20]);
    assert.deepEqual(
      history
        .cases(null)
        .map(({ times, runs, sites }) => [times, runs, sites.map(({ path }) => path)]),
      [
        [5, 4, ['a', 'b']],
        [1, 1, ['a']],
      ],
    );
  });

  test('several sites that fail of one fault are told as one, with the entry about it', () => {
    const history = openForTest(':memory:');
    const units = [
      ...['a', 'b', 'c', 'd'].map((path) =>
        failedUnit(path, 'connect ECONNREFUSED 127.0.0.1:4000'),
      ),
      failedUnit('e', 'Error: another'),
    ];
    const first = ran(history, units);
    assert.deepEqual(codes(first), ['same-fault']);
    assert.match(
      first.notices[0]?.message ?? '',
      /^4 sites \(a > pays, b > pays, c > pays, and 1 more\) failed of one fault, s1:/,
    );
    const [known] = history.cases(null).filter(({ sites }) => sites.length > 1);
    const entry = `+++\nsignatures = ["${known?.signature}"]\nstatus = "open"\nowner = "ana"\n+++\n# A\n`;
    const second = ran(history, [failedUnit('a', 'connect ECONNREFUSED 127.0.0.1:4001')], entry);
    assert.deepEqual(codes(second), ['known-fault']);
    assert.match(second.notices[0]?.message ?? '', /It is known: .*g0\.md \(open, ana\)$/);
    assert.equal(second.uninvestigated, false);
  });

  test('a declared fix is refuted by the first run that meets the fault again', () => {
    const history = openForTest(':memory:');
    ran(history, [refused()]);
    const [known] = history.cases(null);
    const entry = `+++\nsignatures = ["${known?.signature}"]\nstatus = "proven"\nfixed = 2026-01-01\n+++\n# A\n## What was seen\nX\n## Deciding observation\nY\n`;
    const calm = ran(history, [], entry);
    assert.deepEqual(codes(calm), []);
    const again = ran(history, [refused()], entry);
    assert.deepEqual(codes(again), ['fix-refuted']);
    assert.equal(again.uninvestigated, true);
  });
});

describe('a quarantine', () => {
  const MESSAGE = 'connect ECONNREFUSED 127.0.0.1:4000';
  const [known] = occurrencesOf(flaky('a', 'pays', MESSAGE), ROOT);
  const terms = (expires: string): string =>
    `+++\nsignatures = ["${known?.signature}"]\nstatus = "open"\n[quarantine]\nowner = "ana"\nreason = "slow"\nexpires = ${expires}\n+++\n# A\n`;
  const settled = (unit: UnitResult, expires = '2027-01-01'): UnitResult['tolerated'] =>
    new Ledger([parseGotcha('.pindown-ledger/g.md', terms(expires))], ROOT, NOW).settle(unit)
      .tolerated;
  const pays = failing('pays', MESSAGE);

  test('tolerates a unit whose every failure it names', () => {
    const tolerated = settled(aUnit('a', [attempt('failed', pays), attempt('failed', pays)]));
    assert.equal(tolerated?.whole, true);
    assert.equal(tolerated.failures.length, 2);
    assert.equal(settled(flaky('a', 'pays', MESSAGE))?.whole, true);
    assert.equal(
      settled(aUnit('a', [attempt('failed', { ...pays, outcome: 'errored' })]))?.whole,
      undefined,
    );
  });

  for (const [what, unit] of [
    [
      'another failure beside it',
      aUnit('a', [attempt('failed', pays, failing('calls', 'Error: no'))]),
    ],
    [
      'another failure of the same test in another attempt',
      aUnit('a', [attempt('failed', failing('pays', 'Error: no')), attempt('failed', pays)]),
    ],
    [
      'an error outside of any test',
      aUnit('a', [{ ...attempt('failed', pays), errors: ['late'] }]),
    ],
    [
      'another failure in an earlier try of its framework',
      aUnit('a', [attempt('failed', { ...pays, failedTries: ['Error: no'] })]),
    ],
  ] as const) {
    test(`does not tolerate the unit with ${what}, and still names what it knows`, () => {
      const tolerated = settled(unit);
      assert.equal(tolerated?.whole, false);
      assert.equal(tolerated.failures.length, 1);
    });
  }

  for (const outcome of [
    'crashed',
    'errored',
    'hung',
    'timed-out',
    'contradicted',
    'spawn-failed',
  ] as const) {
    test(`tolerates no unit that ${outcome}`, () => {
      assert.equal(settled(aUnit('a', [attempt(outcome, pays)])), undefined);
    });
  }

  test('tolerates no flake whose failing attempt contradicted itself', () => {
    const passed = attempt('passed', aTest('pays', 'passed'));
    assert.equal(settled(aUnit('a', [attempt('failed', pays), passed]))?.whole, true);
    assert.equal(settled(aUnit('a', [attempt('contradicted', pays), passed]))?.whole, false);
  });

  test('tolerates no unit of which it does not know every failure', () => {
    assert.equal(settled(aUnit('a', [attempt('failed', ...many(99, MESSAGE))]))?.whole, true);
    assert.equal(settled(aUnit('a', [attempt('failed', ...many(101, MESSAGE))]))?.whole, false);
  });

  test('tolerates no test that only an exit status tells', () => {
    assert.equal(settled(aUnit('a', [attempt('failed', failing('a', MESSAGE))])), undefined);
  });

  test('tolerates nothing from its last moment on', () => {
    const unit = aUnit('a', [attempt('failed', pays)]);
    assert.equal(settled(unit, '2026-12-01'), undefined);
    assert.equal(settled(unit, '2026-12-01T00:00:01Z')?.whole, true);
  });
});

describe('a history that fails', () => {
  test('takes nothing from a run but what is known of the past', () => {
    const failed = new PindownError('history-busy', 'It is busy.', { exitCode: 6 });
    const history = {
      recordOccurrences: () => {
        throw failed;
      },
    } as unknown as History;
    const ledger = new Ledger([], ROOT, NOW);
    ledger.settle(flaky('a', 'pays', 'no'));
    const end = ledger.finish('run', history);
    assert.deepEqual(codes(end), ['ledger-unasked']);
    assert.equal(end.uninvestigated, false);
  });
});
