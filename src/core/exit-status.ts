import type { Totals } from './run.ts';

/** The exit statuses of `pindown`, as its help prints them. */
export const EXIT = {
  passed: 0,
  testFailed: 1,
  usage: 2,
  flaky: 3,
  noTests: 4,
  hung: 5,
  environment: 6,
  leaked: 7,
  /** EX_TEMPFAIL, sysexits.h(3head). Of `pindown lease` alone. */
  blocked: 75,
  interrupted: 130,
  terminated: 143,
} as const;

export const EXIT_TABLE: readonly (readonly [status: string, meaning: string])[] = [
  ['0', 'all passed'],
  ['1', 'a test failed'],
  ['2', 'wrong usage or configuration'],
  [
    '3',
    'flaky, under --fail-on flaky; a flake again that nobody looks into, under --fail-on uninvestigated',
  ],
  ['4', 'no test ran'],
  ['5', 'a unit hung'],
  ['6', "the environment or Pindown failed: the suite's state is unknown"],
  ['7', 'leaked, contradicted or tree-mutated'],
  ['75', 'pindown lease: no permit became free in time'],
  ['130/143', 'interrupted'],
];

/** Where several hold, the first of these is the exit status. */
const PRECEDENCE: readonly number[] = [
  EXIT.interrupted,
  EXIT.terminated,
  EXIT.usage,
  EXIT.testFailed,
  EXIT.hung,
  EXIT.leaked,
  EXIT.environment,
  EXIT.noTests,
  EXIT.flaky,
  EXIT.passed,
];

/** Of two exit statuses that both hold, the one to end with. */
export function graverStatus(one: number, other: number): number {
  return PRECEDENCE.indexOf(one) <= PRECEDENCE.indexOf(other) ? one : other;
}

/** The exit status of a run whose working tree was changed, whoever did it. */
export function statusOfMutatedTree(status: number): number {
  return graverStatus(status, EXIT.leaked);
}

/**
 * The exit status of a finished run. Where several hold, the first of 1, 5, 7, 6, 4, 3 wins; an
 * interrupt wins over all. What a quarantine tolerates does not count.
 *
 * @param interrupt the signal that ended the run early, if one did
 */
export function exitStatus(
  totals: Totals,
  options: {
    readonly failOnFlaky: boolean;
    readonly interrupt: 'SIGINT' | 'SIGTERM' | null;
    /** A shard that has no units of a plan that has some: `pindown merge` says whether any ran. */
    readonly emptyShard?: boolean;
    /** The circuit breaker `--max-flaky` ended the run. */
    readonly tooManyFlaky: boolean;
  },
): number {
  if (options.interrupt === 'SIGINT') return EXIT.interrupted;
  if (options.interrupt === 'SIGTERM') return EXIT.terminated;
  const failed = totals.failed - (totals.toleratedFailed ?? 0);
  const flaky = totals.flaky - (totals.toleratedFlaky ?? 0);
  if (failed + totals.errored + totals.crashed + totals['timed-out'] > 0) {
    return EXIT.testFailed;
  }
  if (totals.hung > 0) return EXIT.hung;
  if (totals.leaked + totals.contradicted + totals['tree-mutated'] > 0) return EXIT.leaked;
  if (totals['spawn-failed'] + totals.blocked + totals.lost > 0) return EXIT.environment;
  if (options.tooManyFlaky) return EXIT.flaky;
  if (totals.cancelled > 0) return EXIT.environment;
  if (totals.testsRun === 0 && options.emptyShard !== true) return EXIT.noTests;
  if (options.failOnFlaky && flaky > 0) return EXIT.flaky;
  return EXIT.passed;
}
