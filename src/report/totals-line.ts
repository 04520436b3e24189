import { UNIT_OUTCOMES } from '../core/outcome.ts';
import type { Totals } from '../core/run.ts';
import { counted } from './counted.ts';

/** `12 units planned = 8 passed + 2 failed + 1 flaky + 1 hung`: every unit in exactly one place. */
export function unitsLine(totals: Totals): string {
  const parts = UNIT_OUTCOMES.filter((outcome) => totals[outcome] > 0).map(
    (outcome) => `${totals[outcome]} ${outcome}`,
  );
  return `${counted(totals.planned, 'unit')} planned = ${parts.length === 0 ? '0' : parts.join(' + ')}`;
}

/** `120 tests = 110 passed + 4 failed + 6 skipped`, by the last attempt of each unit. */
export function testsLine(totals: Totals): string {
  const passed = totals.testsRun - totals.testsFailed;
  const skipped = totals.tests - totals.testsRun;
  const parts = [`${passed} passed`];
  if (totals.testsFailed > 0) parts.push(`${totals.testsFailed} failed`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  return `${counted(totals.tests, 'test')} = ${parts.join(' + ')}`;
}
