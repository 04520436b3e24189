import type { Report } from '../cli/project.ts';

/** What a suite came to, as its framework or as Pindown tells it. */
export interface Count {
  /** Test files, Go packages or Rust test binaries that hold tests. */
  readonly units: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A report's units, and its tests over all attempts, so that nothing is told of what ran twice. */
export function countReport({ units }: Report): Count {
  const tests = units.flatMap(({ attempts }) => attempts.flatMap((attempt) => attempt.tests));
  return { units: units.length, ...countOutcomes(tests.map(({ outcome }) => outcome)) };
}

/** Counts tests by their outcome; one that could not be set up has failed, as frameworks see it. */
export function countOutcomes(
  outcomes: readonly ('passed' | 'failed' | 'errored' | 'skipped')[],
): Omit<Count, 'units'> {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const outcome of outcomes) count[outcome === 'errored' ? 'failed' : outcome] += 1;
  return count;
}
