import type { Scene } from '../classes/hang-class.ts';
import type { Source, Wait } from '../graph/wait.ts';

const ROW = 64;
const BOX = { width: 640, height: 44, left: 12 };
const WIDTH = 900;

/** So many processes are drawn; the page lists all of them. */
const MOST_BOXES = 24;
const MOST_LETTERS = 88;

/** What waits for what as SVG: a box for each process, an arrow to whoever could end its wait. */
export function hangPicture({ seen, waits, progress }: Scene): string {
  const drawn = [...seen.processes.values()].slice(0, MOST_BOXES);
  const rows = new Map(drawn.map(({ pid }, row) => [pid, row]));
  const boxes = drawn.map(({ pid, now }, row) => {
    const own = waits.filter(({ thread }) => thread.pid === pid);
    const main = own.find(({ thread }) => thread.tid === pid) ?? own[0];
    const stuck = own.length > 0 && own.every((wait) => !progress.may.has(wait));
    return box(row, `pid ${pid}  ${now.commandLine}`, main?.what ?? 'has ended', stuck);
  });
  const arrows = [...new Set(waits.flatMap((wait) => arrowsOf(wait, rows)))];
  const height = drawn.length * ROW + BOX.left;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="monospace" font-size="12">`,
    '<defs><marker id="head" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto"><path d="M0,0 L8,4 L0,8 z"/></marker></defs>',
    ...boxes,
    ...arrows,
    '</svg>',
    '',
  ].join('\n');
}

function box(row: number, title: string, what: string, stuck: boolean): string {
  const top = row * ROW + BOX.left;
  const colour = stuck ? '#b00020' : '#2e7d32';
  return [
    `<rect x="${BOX.left}" y="${top}" width="${BOX.width}" height="${BOX.height}" fill="none" stroke="${colour}"/>`,
    `<text x="${BOX.left + 8}" y="${top + 18}" font-weight="bold">${escaped(title)}</text>`,
    `<text x="${BOX.left + 8}" y="${top + 35}" fill="${colour}">${escaped(what)}</text>`,
  ].join('\n');
}

function arrowsOf({ thread, sources }: Wait, rows: ReadonlyMap<number, number>): string[] {
  const from = rows.get(thread.pid);
  if (from === undefined) return [];
  return sources.flatMap((source) => {
    const target = pidOf(source);
    const to = target === null || target === thread.pid ? undefined : rows.get(target);
    return to === undefined ? [] : [arrow(from, to)];
  });
}

function pidOf(source: Source): number | null {
  switch (source.kind) {
    case 'process':
    case 'end':
    case 'thread':
      return source.pid;
    case 'outside':
    case 'time':
    case 'ready':
    case 'unknown':
      return null;
  }
}

/** At the right of the boxes, the further out the further it leads. */
function arrow(from: number, to: number): string {
  const right = BOX.left + BOX.width;
  const out = right + Math.min(220, 40 * Math.abs(to - from));
  const middle = (row: number): number => row * ROW + BOX.left + BOX.height / 2;
  const shift = from < to ? -6 : 6;
  const [y1, y2] = [middle(from) + shift, middle(to) + shift];
  return `<path d="M${right},${y1} C${out},${y1} ${out},${y2} ${right + 2},${y2}" fill="none" stroke="#555" marker-end="url(#head)"/>`;
}

/** XML allows no control characters, not even escaped. */
function escaped(text: string): string {
  return (
    text
      .slice(0, MOST_LETTERS)
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u001f\u007f-\u009f\uFFFE\uFFFF]/g, '?')
      .toWellFormed()
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
  );
}
