import { type Attempt, type TestResult, unitResult } from '../../src/core/attempt.ts';
import type { RunEvent } from '../../src/core/event.ts';
import { uuidv7 } from '../../src/core/ids.ts';
import type { AttemptOutcome, TestOutcome } from '../../src/core/outcome.ts';
import { countUnit, emptyTotals, type RunInfo } from '../../src/core/run.ts';
import type { Unit } from '../../src/core/unit.ts';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);

export const RUN: RunInfo = {
  id: uuidv7(AT),
  number: 12,
  startedAt: new Date(AT).toISOString(),
  workers: 2,
  tier: 'subreaper',
  shard: null,
  seed: 1,
  host: {
    name: 'host',
    platform: 'linux',
    arch: 'x64',
    node: 'v26',
    processors: 2,
    memoryBytes: 1,
  },
  planHash: 'ab'.repeat(32),
  suites: [],
  root: '/project',
  owner: { pid: 1, startTime: null, bootId: null },
  version: '0.1.0',
};

export function unit(path = 'test/a.test.js', framework: Unit['framework'] = 'node-test'): Unit {
  return { id: `unit:${path}`, suite: 'unit', framework, kind: 'file', path, file: path, data: {} };
}

export function attempt(outcome: AttemptOutcome, more: Partial<Attempt> = {}): Attempt {
  return {
    id: uuidv7(AT),
    unitId: 'unit:test/a.test.js',
    number: 1,
    outcome,
    exitCode: outcome === 'passed' ? 0 : 1,
    signal: null,
    startedAt: new Date(AT).toISOString(),
    durationMs: 1500,
    reason: `because of ${outcome}`,
    tests: [],
    errors: [],
    retry: null,
    leaks: [],
    verdict: null,
    evidence: [],
    slot: 0,
    batchSize: 1,
    ...more,
  };
}

export function testResult(
  name: string,
  outcome: TestOutcome,
  message: string | null = null,
  more: Partial<TestResult> = {},
): TestResult {
  return { name, occurrence: 1, outcome, durationMs: 5, message, location: null, ...more };
}

/** The events of a run of one unit. */
export function oneUnit(attempts: readonly Attempt[], of: Unit = unit()): RunEvent[] {
  return runOf([[of, attempts]]);
}

/** The events of a run of a few units, one after the other. */
export function runOf(
  units: readonly (readonly [unit: Unit, attempts: readonly Attempt[]])[],
  end: { readonly exitCode?: number; readonly stopped?: string } = {},
): RunEvent[] {
  const totals = emptyTotals();
  const events: RunEvent[] = [{ type: 'run-started', at: AT, run: RUN, planned: units.length }];
  for (const [of] of units)
    events.push({ type: 'unit-planned', at: AT, unit: of, expectedMs: 1000 });
  for (const [of, attempts] of units) {
    for (const one of attempts) {
      const { id: attemptId, number } = one;
      const process = { slot: 0, pid: 4321, startTime: 9 };
      const base = { at: AT, unitId: of.id, attemptId, number };
      if (one.startedAt !== null) events.push({ type: 'attempt-started', ...base, ...process });
      events.push({ type: 'attempt-finished', at: AT, attempt: one });
    }
    const result = unitResult(of, attempts);
    countUnit(totals, result);
    events.push({ type: 'unit-finished', at: AT, unit: result });
  }
  const { exitCode = 1, stopped = null } = end;
  events.push({ type: 'run-finished', at: AT, totals, durationMs: 12_345, exitCode, stopped });
  return events;
}
