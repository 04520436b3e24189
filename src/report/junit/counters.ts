import type { Case } from '../cases.ts';

/** The counters of a `<testsuite>`. Flaky cases are successes, as Surefire counts them. */
export interface Counters {
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
}

export function zeroCounters(): Counters {
  return { tests: 0, failures: 0, errors: 0, skipped: 0 };
}

/** Counts a case into the counters, in place. */
export function countCase(counters: Counters, { status }: Case): void {
  counters.tests += 1;
  switch (status) {
    case 'failed':
      counters.failures += 1;
      break;
    case 'errored':
      counters.errors += 1;
      break;
    case 'skipped':
      counters.skipped += 1;
      break;
    case 'passed':
    case 'flaky':
      break;
  }
}
