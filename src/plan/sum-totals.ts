import { UNIT_OUTCOMES } from '../core/outcome.ts';
import { emptyTotals, type Totals } from '../core/run.ts';

const KEYS: readonly (keyof Totals)[] = [
  'planned',
  'tests',
  'testsRun',
  'testsFailed',
  ...UNIT_OUTCOMES,
];

export function sumTotals(parts: Iterable<Totals>): Totals {
  const sum = emptyTotals();
  for (const part of parts) for (const key of KEYS) sum[key] += part[key];
  return sum;
}

export function equalTotals(a: Totals, b: Totals): boolean {
  return KEYS.every((key) => a[key] === b[key]);
}
