import { failedBefore, type UnitResult } from '../../src/core/attempt.ts';
import { WITHOUT_RESULT } from '../../src/history/history.ts';

/** What a history should know, in the plainest way: the last result of each unit in each run. */
export type Model = readonly ReadonlyMap<string, UnitResult>[];

/** What `History.flaky` should say, without its intervals. */
export interface ExpectedFlake {
  readonly unitId: string;
  readonly test: string | null;
  readonly attempts: number;
  readonly failures: number;
  readonly flakyRuns: number;
  readonly runs: number;
  /** Index of the run. */
  readonly lastSeen: number;
  readonly passingAttempt: string;
  readonly failingAttempt: string;
}

/** One thing's endings in one run, in the order of the attempts. */
interface Endings {
  readonly run: number;
  readonly flaky: boolean;
  readonly passes: readonly string[];
  readonly failures: readonly string[];
  readonly attempts: number;
}

export function expectedFlakes(model: Model): ExpectedFlake[] {
  const ids = [...new Set(model.flatMap((run) => [...run.keys()]))];
  return ids.flatMap((unitId) => {
    const results = model.flatMap((units, run) => {
      const unit = units.get(unitId);
      return unit === undefined ? [] : [{ run, unit }];
    });
    const names = new Set(
      results.flatMap(({ unit }) =>
        unit.attempts.flatMap(({ tests }) =>
          tests.map((test) => `${test.occurrence} ${test.name}`),
        ),
      ),
    );
    const ofUnit = results.flatMap(({ run, unit }) => unitEndings(run, unit));
    const ofTests = [...names].map((name) =>
      flakeOf(
        unitId,
        name,
        results.map(({ run, unit }) => testEndings(run, unit, name)),
      ),
    );
    return [flakeOf(unitId, null, ofUnit), ...ofTests].filter((flake) => flake !== null);
  });
}

function unitEndings(run: number, unit: UnitResult): Endings[] {
  if (unit.outcome === 'skipped' || WITHOUT_RESULT.includes(unit.outcome)) return [];
  const counted = unit.attempts.filter(({ outcome }) => outcome !== 'cancelled');
  return [
    {
      run,
      flaky: unit.outcome === 'flaky',
      passes: counted.filter(({ outcome }) => outcome === 'passed').map(({ id }) => id),
      failures: counted
        .filter(({ outcome, tests }) => outcome !== 'passed' || tests.some(failedBefore))
        .map(({ id }) => id),
      attempts: counted.length,
    },
  ];
}

function testEndings(run: number, unit: UnitResult, name: string): Endings {
  const endings = unit.attempts.flatMap(({ id, tests }) =>
    tests
      .filter((test) => `${test.occurrence} ${test.name}` === name && test.outcome !== 'skipped')
      .flatMap(({ outcome, failedTries = [] }) => [
        ...failedTries.map(() => ({ id, passed: false })),
        { id, passed: outcome === 'passed' },
      ]),
  );
  const passes = endings.filter(({ passed }) => passed).map(({ id }) => id);
  const failures = endings.filter(({ passed }) => !passed).map(({ id }) => id);
  const flaky = passes.length > 0 && failures.length > 0;
  return { run, flaky, passes, failures, attempts: endings.length };
}

function flakeOf(
  unitId: string,
  test: string | null,
  endings: readonly Endings[],
): ExpectedFlake | null {
  const ran = endings.filter(({ attempts }) => attempts > 0);
  const flaky = ran.filter((ending) => ending.flaky);
  const last = flaky.at(-1);
  if (last === undefined) return null;
  return {
    unitId,
    test,
    attempts: sum(ran.map(({ attempts }) => attempts)),
    failures: sum(flaky.map(({ failures }) => failures.length)),
    flakyRuns: flaky.length,
    runs: ran.length,
    lastSeen: last.run,
    passingAttempt: last.passes.at(-1) ?? '',
    failingAttempt: last.failures.at(-1) ?? '',
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
