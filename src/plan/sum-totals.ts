import { UNIT_OUTCOMES } from '../core/outcome.ts';
import { emptyTotals, type Totals } from '../core/run.ts';

/** Left out where they are zero. */
const TOLERATED = ['toleratedFailed', 'toleratedFlaky'] as const;

const KEYS: readonly Exclude<keyof Totals, (typeof TOLERATED)[number]>[] = [
  'planned',
  'tests',
  'testsRun',
  'testsFailed',
  ...UNIT_OUTCOMES,
];

export function sumTotals(parts: Iterable<Totals>): Totals {
  const sum = emptyTotals();
  for (const part of parts) {
    for (const key of KEYS) sum[key] += part[key];
    for (const key of TOLERATED) {
      const tolerated = part[key];
      if (tolerated !== undefined) sum[key] = (sum[key] ?? 0) + tolerated;
    }
  }
  return sum;
}

export function equalTotals(a: Totals, b: Totals): boolean {
  return (
    KEYS.every((key) => a[key] === b[key]) &&
    TOLERATED.every((key) => (a[key] ?? 0) === (b[key] ?? 0))
  );
}
