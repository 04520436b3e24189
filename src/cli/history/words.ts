import type { UnitOutcome } from '../../core/outcome.ts';
import type { Tone } from '../../report/terminal/theme.ts';
import type { Cell } from './align.ts';

/** `2026-01-31 09:05:59`, in the time zone of who reads it. */
export function whenText(iso: string): string {
  const date = new Date(iso);
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day} ${time}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

export function outcomeCell(outcome: UnitOutcome): Cell {
  return { text: outcome, tone: toneOf(outcome) };
}

const TONES: Partial<Record<UnitOutcome, Tone>> = {
  passed: 'good',
  skipped: 'dim',
  cancelled: 'dim',
  flaky: 'warn',
};

/** Whatever is not known to be harmless looks bad. */
export function toneOf(outcome: UnitOutcome): Tone {
  return TONES[outcome] ?? 'bad';
}
