import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Leak, TestResult } from '../../src/core/attempt.ts';
import type { LaidTrip, Trip } from '../../src/core/trip.ts';
import { type Observed, judge } from '../../src/outcome/judge.ts';

type Ran = Extract<Observed, { kind: 'ran' }>;

const aTest = (outcome: TestResult['outcome'], name = 'adds'): TestResult => ({
  name,
  occurrence: 1,
  outcome,
  durationMs: 1,
  message: outcome === 'failed' ? 'expected 1' : null,
  location: null,
});

const leak: Leak = {
  kind: 'process',
  pid: 4711,
  startTime: 1,
  command: 'sleep 60',
  foundBy: ['session'],
  parents: [],
  ports: [],
  files: [],
  endedBy: 'SIGTERM',
};

const ran = (changes: Partial<Ran> = {}): Ran => ({
  kind: 'ran',
  ending: { exitCode: 0, signal: null },
  endedByUs: null,
  begun: true,
  ended: true,
  tests: [aTest('passed')],
  errors: [],
  unseen: null,
  exitAgrees: true,
  leaks: [],
  lastLine: null,
  ranBeside: [],
  trips: [],
  file: 'test/a.js',
  ...changes,
});

const moved: Trip = {
  kind: 'head',
  what: 'HEAD',
  change: 'moved',
  at: 0,
  undone: false,
  running: ['node-test:test/a.js', 'node-test:test/b.js'],
  culprit: 'node-test:test/b.js',
  process: { pid: 7, startTime: 1, command: 'git checkout x', parents: [] },
  detail: 'from a to b',
  others: 0,
};
const laid = (trip: Trip, own: boolean | null): LaidTrip => ({ trip, own, before: false });
const changed: Trip = { ...moved, kind: 'tree', what: 'data/x.json', change: 'changed' };

const failing = { ending: { exitCode: 1, signal: null }, tests: [aTest('failed')] } as const;

describe('judge', () => {
  const cases: readonly (readonly [
    title: string,
    observed: Observed,
    outcome: string,
    reason: RegExp,
  ])[] = [
    [
      'its own change of the tree',
      ran({ trips: [laid(moved, true)] }),
      'tree-mutated',
      /^HEAD was moved from a to b by pid 7 \(git checkout x\) of node-test:test\/b.js; exit status 0/,
    ],
    [
      'its own change, undone again',
      ran({ trips: [laid({ ...moved, undone: true }, true)] }),
      'passed',
      /exit status 0/,
    ],
    [
      "a failure while another's process moved HEAD",
      ran({ ...failing, trips: [laid(changed, false), laid(moved, false)] }),
      'tree-mutated',
      /^a victim of what was not its own .*: HEAD was moved from a to b by pid 7 .*; exit status 1/,
    ],
    [
      'a failure while another committed what was there already',
      ran({ ...failing, trips: [laid(moved, false)] }),
      'failed',
      /exit status 1/,
    ],
    [
      'a failure after what was changed before it was as it had been again',
      ran({
        ...failing,
        trips: [laid({ ...changed, what: 'test/a.js', change: 'restored' }, false)],
      }),
      'failed',
      /exit status 1/,
    ],
    [
      'a failure that names its directory, which another removed',
      ran({
        ...failing,
        errors: ['ENOENT: /tmp/pd-x/1/t'],
        trips: [laid({ ...changed, kind: 'file', what: '/tmp/pd-x/1', change: 'removed' }, false)],
      }),
      'failed',
      /^a victim of .*pd-x.1 was removed .*by pid 7 .*; exit status 1/,
    ],
    [
      'a failure that names the file that was changed while several ran',
      ran({
        ending: { exitCode: 1, signal: null },
        tests: [{ ...aTest('failed'), message: 'ENOENT: data/x.json' }],
        trips: [laid(changed, null)],
      }),
      'tree-mutated',
      /changed under it: data\/x.json was changed/,
    ],
    [
      'a failure that has nothing to do with the file that was changed',
      ran({ ...failing, trips: [laid(changed, null)] }),
      'failed',
      /exit status 1/,
    ],
    [
      'a failure of a unit that changed the tree itself',
      ran({ ...failing, trips: [laid(moved, true)] }),
      'failed',
      /exit status 1/,
    ],
    ['all passed', ran(), 'passed', /exit status 0, 1 test reported/],
    [
      "a test that passed by the framework's own retry",
      ran({ tests: [{ ...aTest('passed'), failedTries: ['Error: no'] }] }),
      'passed',
      /none failed in the end: "adds" failed before the framework tried again/,
    ],
    ['a failure', ran(failing), 'failed', /exit status 1: "adds" failed/],
    [
      'a load error',
      ran({ ending: { exitCode: 1, signal: null }, tests: [], errors: ['SyntaxError: x\n at y'] }),
      'errored',
      /SyntaxError: x$/,
    ],
    ['a failure and an error', ran({ ...failing, errors: ['after hook'] }), 'failed', /"adds"/],
    [
      'a signal',
      ran({ ending: { exitCode: null, signal: 'SIGSEGV' }, ended: false }),
      'crashed',
      /signal SIGSEGV/,
    ],
    [
      'a signal after a failure',
      ran({ tests: [aTest('failed')], ending: { exitCode: null, signal: 'SIGABRT' } }),
      'crashed',
      /SIGABRT/,
    ],
    [
      'a signal in a batch',
      ran({
        ending: { exitCode: null, signal: 'SIGSEGV' },
        ended: false,
        ranBeside: ['b.test.js'],
      }),
      'crashed',
      /with b\.test\.js/,
    ],
    ['exit 0 in a test', ran({ ended: false }), 'contradicted', /never reported its end/],
    [
      'exit 0 before it began',
      ran({ begun: false, ended: false, tests: [] }),
      'contradicted',
      /never reported that it began/,
    ],
    [
      'exit 3 in a test',
      ran({ ended: false, ending: { exitCode: 3, signal: null }, lastLine: 'boom' }),
      'errored',
      /^exit status 3 before the framework reported its end: boom$/,
    ],
    [
      'exit 9 before it began',
      ran({ begun: false, ended: false, tests: [], ending: { exitCode: 9, signal: null } }),
      'errored',
      /^exit status 9, and it left no results$/,
    ],
    [
      'exit 3 after a failure',
      ran({ ...failing, ended: false }),
      'failed',
      /before the framework reported its end/,
    ],
    [
      'exit 0 with a failure',
      ran({ tests: [aTest('failed')], exitAgrees: false }),
      'contradicted',
      /exit status 0, but 1 failure reported/,
    ],
    [
      'exit 1 without a failure',
      ran({ ending: { exitCode: 1, signal: null }, exitAgrees: false }),
      'contradicted',
      /none of the 1 test reported a failure/,
    ],
    [
      'a leak',
      ran({ leaks: [leak] }),
      'leaked',
      /pid 4711 \(sleep 60\) stayed behind; found by session/,
    ],
    ['a leak after a failure', ran({ ...failing, leaks: [leak] }), 'failed', /"adds"/],
    ['no tests', ran({ tests: [] }), 'no-tests', /no test was reported/],
    ['only skipped tests', ran({ tests: [aTest('skipped')] }), 'passed', /1 test reported/],
    [
      'the time limit, idle',
      ran({
        ended: false,
        endedByUs: { kind: 'time-limit', limitMs: 2000, windowMs: 1000, progress: [] },
      }),
      'hung',
      /was over its limit of 2 s; no output/,
    ],
    [
      'the time limit after the last test',
      ran({ endedByUs: { kind: 'time-limit', limitMs: 2000, windowMs: 1000, progress: [] } }),
      'hung',
      /all tests were reported, but the process stayed/,
    ],
    [
      'the time limit, proven to hang then',
      ran({
        ended: false,
        endedByUs: {
          kind: 'time-limit',
          limitMs: 2000,
          windowMs: 1000,
          progress: ['400 bytes of I/O'],
          proven: true,
        },
      }),
      'hung',
      /was over its limit of 2 s, and a look proved that nothing in it can go on \(before: 400 bytes/,
    ],
    [
      'the time limit, busy',
      ran({
        ended: false,
        endedByUs: {
          kind: 'time-limit',
          limitMs: 2000,
          windowMs: 1000,
          progress: ['900 ms of CPU'],
        },
      }),
      'timed-out',
      /900 ms of CPU/,
    ],
    [
      'a cancellation',
      ran({ ended: false, endedByUs: { kind: 'cancelled', because: 'interrupted by SIGINT' } }),
      'cancelled',
      /SIGINT/,
    ],
    [
      'a refused start',
      { kind: 'spawn-failed', fault: null, because: 'no program "x"' },
      'spawn-failed',
      /no program/,
    ],
    ['never started', { kind: 'not-started', because: 'stopped' }, 'cancelled', /stopped/],
    ['a unit of a batch that goes on', ran({ ending: null }), 'passed', /went on with other units/],
    [
      'a failed unit of a batch that goes on',
      ran({ ending: null, tests: [aTest('failed')] }),
      'failed',
      /"adds"/,
    ],
  ];
  for (const [title, observed, outcome, reason] of cases) {
    test(`${title}: ${outcome}`, () => {
      const judgement = judge(observed);
      assert.equal(judgement.outcome, outcome);
      assert.match(judgement.reason, reason);
    });
  }

  test('never passes what holds a failure, a signal, a leak or a disagreement', () => {
    const anyRan: fc.Arbitrary<Ran> = fc.record({
      kind: fc.constant('ran' as const),
      ending: fc.oneof(
        fc.integer({ min: 0, max: 3 }).map((exitCode) => ({ exitCode, signal: null })),
        fc.constantFrom('SIGKILL', 'SIGSEGV').map((signal) => ({ exitCode: null, signal })),
      ),
      endedByUs: fc.constantFrom(null, { kind: 'cancelled' as const, because: 'x' }),
      begun: fc.boolean(),
      ended: fc.boolean(),
      tests: fc.array(
        fc.constantFrom(aTest('passed'), aTest('failed'), aTest('errored'), aTest('skipped')),
        { maxLength: 4 },
      ),
      errors: fc.array(fc.constant('load'), { maxLength: 1 }),
      unseen: fc.constantFrom(null, 'not found'),
      exitAgrees: fc.boolean(),
      leaks: fc.constantFrom([], [leak]),
      lastLine: fc.constant(null),
      ranBeside: fc.constant([]),
      trips: fc.constantFrom([], [laid(moved, false)], [laid(moved, true)]),
      file: fc.constant('test/a.js'),
    });
    fc.assert(
      fc.property(anyRan, (observed) => {
        const clean =
          observed.endedByUs === null &&
          observed.ending?.signal === null &&
          observed.ended &&
          observed.exitAgrees &&
          observed.errors.length === 0 &&
          observed.leaks.length === 0 &&
          observed.trips.every(({ own }) => !own) &&
          observed.tests.length > 0 &&
          observed.tests.every(({ outcome }) => outcome === 'passed' || outcome === 'skipped');
        assert.equal(judge(observed).outcome === 'passed', clean);
      }),
      { numRuns: 2_000 },
    );
  });
});
