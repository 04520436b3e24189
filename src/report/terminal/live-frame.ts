import { isGreen } from '../../core/outcome.ts';
import { formatElapsed } from '../duration.ts';
import type { Progress, Running } from './progress.ts';
import { sanitiseLine } from './sanitise.ts';
import type { Theme } from './theme.ts';
import { cutEnd, cutStart, textWidth } from './width.ts';

/** The whole view, so that it never fills a screen. */
const MAX_LINES = 10;

/** In less there is no room to say anything, and none to move the cursor in. */
const MIN_COLUMNS = 20;
const MIN_ROWS = 3;

/**
 * The live view: a line for each busy worker, then counts, done of planned and the time left. No
 * line is wider than the columns, so that none wraps. Empty where there is no room for it.
 *
 * @param now milliseconds by the monotonic clock
 */
export function liveFrame(
  progress: Progress,
  now: number,
  size: { readonly columns: number; readonly rows: number },
  theme: Theme,
): string[] {
  if (size.columns < MIN_COLUMNS || size.rows < MIN_ROWS) return [];
  // A character in the last column makes some terminals wrap.
  const columns = size.columns - 1;
  const room = Math.min(MAX_LINES, size.rows - 1) - 1;
  const slots = bySlot(progress.running);
  const shown = slots.length > room ? slots.slice(0, room - 1) : slots;
  const lines = shown.map((units) => slotLine(units, now, columns, theme));
  const hidden = slots.length - shown.length;
  if (hidden > 0 && room > 1) {
    lines.push(theme.paint('dim', cutEnd(`${theme.ellipsis} and ${hidden} more`, columns, '')));
  }
  return [...lines, countsLine(progress, now, columns, theme)];
}

/** Batches share a slot: the one that has run longest stands for them. */
function bySlot(running: readonly Running[]): Running[][] {
  const slots = new Map<number, Running[]>();
  for (const unit of running) {
    const units = slots.get(unit.slot);
    if (units === undefined) slots.set(unit.slot, [unit]);
    else units.push(unit);
  }
  return [...slots].sort(([a], [b]) => a - b).map(([, units]) => units);
}

function slotLine(units: readonly Running[], now: number, columns: number, theme: Theme): string {
  const [first, ...others] = units;
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : ` +${others.length}`;
  const tail = `${more} ${formatElapsed(now - first.since)}`;
  const room = columns - textWidth(theme.busy) - 1 - textWidth(tail);
  const path = cutStart(sanitiseLine(first.path), Math.max(0, room), theme.ellipsis);
  const line = `${theme.busy} ${path}`;
  return cutEnd(line, columns - textWidth(tail), '') + theme.paint('dim', tail);
}

function countsLine(progress: Progress, now: number, columns: number, theme: Theme): string {
  const left = progress.timeLeftMs(now);
  const parts = [
    theme.paint('strong', cutEnd(`${progress.done}/${progress.planned}`, columns, '')),
  ];
  let used = textWidth(`${progress.done}/${progress.planned}`);
  const add = (text: string, painted: string): void => {
    const width = textWidth(theme.dot) + textWidth(text);
    if (used + width > columns) return;
    used += width;
    parts.push(painted);
  };
  const bad = progress.counts.filter(([outcome]) => !isGreen(outcome));
  const green = progress.counts.filter(([outcome]) => isGreen(outcome));
  // On a narrow terminal the bad news is what must fit.
  for (const [outcome, count] of bad) {
    add(`${count} ${outcome}`, theme.paint('bad', `${count} ${outcome}`));
  }
  if (left !== null) add(`${formatElapsed(left)} left`, `${formatElapsed(left)} left`);
  for (const [outcome, count] of green) {
    const tone = outcome === 'flaky' ? 'warn' : 'good';
    add(`${count} ${outcome}`, theme.paint(tone, `${count} ${outcome}`));
  }
  return parts.join(theme.dot);
}
