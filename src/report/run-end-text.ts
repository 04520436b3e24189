import type { RunEnd } from '../core/run.ts';
import { formatDuration } from './duration.ts';

/** `passed after 3.2 s`; what was given nothing to run has not passed anything. */
export function runEndText({ exitCode, totals, durationMs }: RunEnd): string {
  if (exitCode === 0 && totals.planned === 0) return 'had nothing to run';
  const result = exitCode === 0 ? 'passed' : `ended with exit status ${exitCode}`;
  return `${result} after ${formatDuration(durationMs)}`;
}
