import { sanitiseLine } from '../../report/terminal/sanitise.ts';
import type { Theme, Tone } from '../../report/terminal/theme.ts';
import { textWidth } from '../../report/terminal/width.ts';

/** A table's cell: plain text, or text with a tone. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

const GAP = '  ';

/**
 * Rows as lines with aligned columns, the first row being the head.
 *
 * @param right indexes of the columns of numbers, which are aligned to the right
 */
export function align(
  rows: readonly (readonly Cell[])[],
  right: readonly number[],
  theme: Theme,
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, textWidth(textOf(cell)));
    }
  }
  return rows.map((row, index) => {
    const last = row.length - 1;
    const cells = row.map((cell, column) => {
      const text = textOf(cell);
      const space = ' '.repeat((widths[column] ?? 0) - textWidth(text));
      const tone = index === 0 ? 'dim' : toneOf(cell);
      const painted = tone === null || text === '' ? text : theme.paint(tone, text);
      if (right.includes(column)) return space + painted;
      return column === last ? painted : painted + space;
    });
    return cells.join(GAP).trimEnd();
  });
}

function textOf(cell: Cell): string {
  return sanitiseLine(typeof cell === 'string' ? cell : cell.text);
}

function toneOf(cell: Cell): Tone | null {
  return typeof cell === 'string' ? null : cell.tone;
}
