import type { UnitOutcome } from '../../core/outcome.ts';
import type { Tone } from '../../report/terminal/theme.ts';
import type { Cell } from './align.ts';

/** `2026-01-31 09:05:59`, in the time zone of who reads it. */
export function whenText(iso: string): string {
  const date = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day} ${time}`;
}

export function outcomeCell(outcome: UnitOutcome): Cell {
  return { text: outcome, tone: toneOf(outcome) };
}

export function toneOf(outcome: UnitOutcome): Tone {
  switch (outcome) {
    case 'passed':
      return 'good';
    case 'skipped':
    case 'cancelled':
      return 'dim';
    case 'flaky':
      return 'warn';
    case 'failed':
    case 'errored':
    case 'crashed':
    case 'hung':
    case 'timed-out':
    case 'leaked':
    case 'no-tests':
    case 'contradicted':
    case 'tree-mutated':
    case 'spawn-failed':
    case 'blocked':
    case 'lost':
      return 'bad';
  }
}
