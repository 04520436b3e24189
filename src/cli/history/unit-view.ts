import type { Attempt } from '../../core/attempt.ts';
import type { UnitRecord } from '../../history/history.ts';
import { formatDuration } from '../../report/duration.ts';
import { sanitiseLine } from '../../report/terminal/sanitise.ts';
import type { Theme } from '../../report/terminal/theme.ts';
import { align, type Cell } from './align.ts';
import { outcomeCell, whenText } from './words.ts';

/** Units over their runs, a line for each attempt, a table for each unit. */
export function unitView(records: readonly UnitRecord[], theme: Theme): string {
  const byUnit = Map.groupBy(records, ({ unit }) => unit.id);
  return [...byUnit.values()].map((results) => oneUnit(results, theme)).join('\n');
}

function oneUnit(results: readonly UnitRecord[], theme: Theme): string {
  const head = ['run', 'started', 'unit', '#', 'attempt', 'duration', 'id'];
  const rows = results.flatMap(({ run, unit }) =>
    unit.attempts.map((attempt, index): Cell[] => [
      ...(index === 0
        ? [String(run.number), whenText(run.startedAt), outcomeCell(unit.outcome)]
        : ['', '', '']),
      ...attemptCells(attempt),
    ]),
  );
  const name = results[0]?.unit;
  const title = name === undefined ? '' : `${name.path} (suite ${name.suite}, ${name.framework})`;
  const lines = [
    theme.paint('strong', sanitiseLine(title)),
    ...align([head, ...rows], [0, 3, 5], theme),
    theme.paint('dim', 'One attempt, whole: pindown show ID'),
  ];
  return `${lines.join('\n')}\n`;
}

function attemptCells({ number, outcome, startedAt, durationMs, id }: Attempt): Cell[] {
  const duration = startedAt === null ? '-' : formatDuration(durationMs);
  return [String(number), outcomeCell(outcome), duration, id];
}
