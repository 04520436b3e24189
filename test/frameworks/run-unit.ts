import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestResult } from '../../src/core/attempt.ts';
import type { AttemptOutcome } from '../../src/core/outcome.ts';
import type { Unit } from '../../src/core/unit.ts';
import type { Collected, Framework } from '../../src/frameworks/framework.ts';
import { judge } from '../../src/outcome/judge.ts';
import { type JobRun, type Project, runJob } from './conformance.ts';

/** What a unit in a process of its own reported, and what the judge makes of it. */
export interface UnitRun extends Collected {
  readonly run: JobRun;
  readonly outcome: AttemptOutcome;
  readonly reason: string;
}

/** Runs a unit to its own end, in a process of its own; nothing that it reports may be refused. */
export async function runUnit(
  framework: Framework,
  project: Project,
  unit: Unit | undefined,
): Promise<UnitRun> {
  assert.ok(unit, 'nothing was listed');
  const run = await runJob(framework, project, [unit]);
  const collected = run.collected.get(unit.id);
  assert.ok(collected);
  assert.deepEqual(collected.refused, []);
  const judgement = judge({
    kind: 'ran',
    ending: run.ending,
    endedByUs: null,
    ...collected,
    leaks: [],
    lastLine: null,
    ranBeside: [],
    trips: [],
    file: '',
  });
  return { ...collected, ...judgement, run };
}

/** One way in which a file can end. */
export type FileEnd = readonly [
  name: string,
  source: string,
  outcome: AttemptOutcome,
  /** As {@link short} has them. */
  tests: readonly string[],
  /** What is reported outside of any test; null for nothing. */
  error: RegExp | null,
];

/** A test for each of them. */
export function testEnds(
  ends: readonly FileEnd[],
  run: (source: string, check: (run: UnitRun) => void) => Promise<void>,
): void {
  for (const [name, source, outcome, tests, error] of ends) {
    test(`${name}: ${outcome}`, async () => {
      await run(source, (ran) => {
        assert.equal(ran.outcome, outcome, ran.reason);
        assert.deepEqual(short(ran.tests), tests);
        if (error === null) assert.deepEqual(ran.errors, []);
        else assert.match(ran.errors.join('\n'), error);
      });
    });
  }
}

/** `name: outcome` of each test. */
export function short(tests: readonly TestResult[]): readonly string[] {
  return tests.map(({ name, outcome }) => `${name}: ${outcome}`);
}
