import type { UnitResult } from '../../core/attempt.ts';
import { isGreen } from '../../core/outcome.ts';
import { formatDuration } from '../duration.ts';
import { sanitiseLine } from './sanitise.ts';
import type { Theme } from './theme.ts';

/** A finished unit in one line; null for one that people need not hear of. */
export function unitLine(unit: UnitResult, theme: Theme): string | null {
  if (unit.outcome === 'passed' || unit.outcome === 'skipped') return null;
  const tone = isGreen(unit.outcome) ? 'warn' : 'bad';
  const reason = unit.attempts.findLast((attempt) => attempt.outcome !== 'passed')?.reason;
  const head = `${theme.paint(tone, unit.outcome)} ${sanitiseLine(unit.path)}`;
  const because = reason === undefined ? '' : `: ${sanitiseLine(reason)}`;
  return `${head} ${theme.paint('dim', `(${formatDuration(unit.durationMs)})`)}${because}`;
}
