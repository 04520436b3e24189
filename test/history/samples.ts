import {
  type Attempt,
  type TestResult,
  unitResult,
  type UnitResult,
} from '../../src/core/attempt.ts';
import { uuidv7 } from '../../src/core/ids.ts';
import type { AttemptOutcome, TestOutcome } from '../../src/core/outcome.ts';
import { countUnit, emptyTotals, type RunEnd, type RunInfo } from '../../src/core/run.ts';
import type { Trip } from '../../src/core/trip.ts';
import type { Unit } from '../../src/core/unit.ts';

export function aRun(over: Partial<RunInfo> = {}): RunInfo {
  return {
    id: uuidv7(),
    number: null,
    startedAt: '2026-01-02T03:04:05.678Z',
    workers: 2,
    tier: 'group',
    shard: { index: 1, total: 3 },
    seed: 7,
    host: {
      name: 'builder',
      platform: 'linux',
      arch: 'x64',
      node: 'v26.0.0',
      processors: 2,
      memoryBytes: 2 ** 33,
    },
    planHash: 'ab'.repeat(32),
    suites: [
      { name: 'unit', framework: 'node-test', version: null, root: '.', because: 'it is there' },
    ],
    root: '/home/somebody/project',
    owner: { pid: 4711, startTime: 12, bootId: 'boot' },
    version: '0.1.0',
    ...over,
  };
}

export function aTest(
  name: string,
  outcome: TestOutcome,
  over: Partial<TestResult> = {},
): TestResult {
  return { name, occurrence: 1, outcome, durationMs: 1.5, message: null, location: null, ...over };
}

/** A unit's result from one attempt for each outcome, numbered from 1. */
export function aUnit(
  path: string,
  attempts: readonly (AttemptOutcome | Partial<Attempt>)[],
  suite = 'unit',
): UnitResult {
  const unit: Unit = {
    id: `${suite}:${path}`,
    suite,
    framework: 'node-test',
    kind: 'file',
    path,
    file: path,
    data: {},
  };
  return unitResult(
    unit,
    attempts.map((over, index) =>
      anAttempt(unit.id, index + 1, typeof over === 'string' ? { outcome: over } : over),
    ),
  );
}

function anAttempt(unitId: string, number: number, over: Partial<Attempt>): Attempt {
  return {
    id: uuidv7(),
    unitId,
    number,
    outcome: 'passed',
    exitCode: 0,
    signal: null,
    startedAt: '2026-01-02T03:04:06.000Z',
    durationMs: 100,
    reason: 'exit status 0, and every test passed',
    tests: [],
    errors: [],
    retry: null,
    leaks: [],
    verdict: null,
    evidence: [],
    slot: 1,
    batchSize: 1,
    ...over,
  };
}

export function anEnd(units: readonly UnitResult[] = [], over: Partial<RunEnd> = {}): RunEnd {
  const totals = emptyTotals();
  for (const unit of units) countUnit(totals, unit);
  return { totals, durationMs: 1234.5, exitCode: 0, stopped: null, ...over };
}

/** Somebody moved `HEAD` while two units ran. */
export function aTrip(over: Partial<Trip> = {}): Trip {
  return {
    kind: 'head',
    what: 'HEAD',
    change: 'moved',
    detail: 'from main (aaa) to other (bbb)',
    at: 1_767_323_046_000,
    undone: false,
    running: ['unit:a', 'unit:b'],
    culprit: null,
    process: null,
    others: 0,
    ...over,
  };
}
