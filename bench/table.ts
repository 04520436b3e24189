import type { BenchRow } from './row.ts';

/** The rows as a Markdown table. */
export function table(rows: readonly BenchRow[]): string {
  const lines = rows.map(({ name, value, range, unit, goal }) =>
    [
      name,
      `**${figure(value)}** ${unit}`,
      range === undefined ? '' : `${figure(range[0])} to ${figure(range[1])}`,
      goal === null ? '' : `${figure(goal)} or less`,
      verdict(value, goal),
    ]
      .map((cell) => cell.replaceAll('|', '\\|'))
      .join(' | '),
  );
  return ['figure | value | min to max | goal | met', '--- | --- | --- | --- | ---', ...lines]
    .map((line) => `| ${line} |`)
    .join('\n');
}

/** A row in one line, for the terminal. */
export function rowLine({ name, value, range, unit, goal }: BenchRow): string {
  const spread = range === undefined ? '' : ` (${figure(range[0])} to ${figure(range[1])})`;
  const met = verdict(value, goal);
  return `${name}: ${figure(value)} ${unit}${spread}${met === '' ? '' : ` goal ${figure(goal!)}: ${met}`}`;
}

function verdict(value: number, goal: number | null): string {
  if (goal === null) return '';
  return value <= goal ? 'yes' : '**no**';
}

/** Three decimals of what is small, one of tens, none of hundreds. */
function figure(value: number): string {
  const size = Math.abs(value);
  return String(Number(value.toFixed(size < 10 ? 3 : Number(size < 100))));
}
