import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { UnitResult } from '../../src/core/attempt.ts';
import type { UnitOutcome } from '../../src/core/outcome.ts';
import { type Stop, Tally, type TallyOptions } from '../../src/run/tally.ts';

const UNLIMITED: TallyOptions = {
  failFast: null,
  maxFlaky: null,
  failOnFlaky: false,
  emptyShard: false,
};

let now = 1_000;
const clock = { wall: () => now, monotonic: () => now };

function unit(outcome: UnitOutcome): UnitResult {
  const path = 'a.test.ts';
  const framework = 'command';
  return { id: path, suite: 's', framework, path, outcome, durationMs: 1, attempts: [] };
}

/** Counts units one by one, up to the first that the run is to stop at. */
function stopAt(options: Partial<TallyOptions>, ...outcomes: UnitOutcome[]): [number, Stop] | null {
  const tally = new Tally({ ...UNLIMITED, ...options }, clock);
  for (const [index, outcome] of outcomes.entries()) {
    const stop = tally.count(unit(outcome));
    if (stop !== null) return [index + 1, stop];
  }
  return null;
}

/** Of a run in which one unit was flaky. */
function exitCode(stop: Stop | null, interrupt: 'SIGINT' | null): number {
  const tally = new Tally(UNLIMITED, clock);
  tally.count(unit('flaky'));
  return tally.end(stop, interrupt).exitCode;
}

describe('tally', () => {
  test('stops with the unit that makes --fail-fast full, whatever became of it', () => {
    assert.deepEqual(stopAt({ failFast: 2 }, 'failed', 'passed', 'skipped', 'no-tests', 'hung'), [
      5,
      { why: '--fail-fast 2: 2 failed', tooManyFlaky: false },
    ]);
    assert.equal(stopAt({}, 'failed', 'hung', 'failed'), null);
  });

  test('stops with the first unit that is more than --max-flaky', () => {
    assert.deepEqual(stopAt({ maxFlaky: 1 }, 'flaky', 'failed', 'flaky'), [
      3,
      { why: '--max-flaky 1: 2 were flaky', tooManyFlaky: true },
    ]);
    assert.equal(stopAt({ maxFlaky: 1 }, 'flaky', 'failed', 'passed'), null);
    assert.equal(stopAt({ maxFlaky: 0 }, 'flaky')?.[0], 1);
  });

  test('ends with the counts, the time since its beginning and why the run was stopped', () => {
    const tally = new Tally(UNLIMITED, clock);
    tally.count(unit('failed'));
    tally.count(unit('lost'));
    now += 250;
    const { totals, ...end } = tally.end({ why: 'enough', tooManyFlaky: false }, null);
    assert.deepEqual(end, { durationMs: 250, exitCode: 1, stopped: 'enough' });
    assert.deepEqual([totals.planned, totals.failed, totals.lost, totals.passed], [2, 1, 1, 0]);
  });

  test('lets too many flaky units and an interrupt decide the exit status', () => {
    assert.notEqual(exitCode({ why: 'flaky', tooManyFlaky: true }, null), exitCode(null, null));
    assert.equal(exitCode(null, 'SIGINT'), 130);
  });
});
