import type { PindownResult } from './play-pindown.ts';
import type { PlainResult } from './play-plain.ts';

/** What a plain runner left, in a few words. */
export function plainCell({ status, left }: PlainResult): string {
  const what = left === 0 ? 'nothing left' : `**${left} left**`;
  if (status === null) return `does not end; ${what}`;
  return status === 0 ? what : `${what}, exit ${status}`;
}

/** What Pindown made of it under each framework: one word where it was the same, else each. */
export function pindownCell(
  results: readonly (readonly [runner: string, result: PindownResult])[],
): string {
  const said = results.map(([runner, result]) => [runner, wordsFor(result)] as const);
  const all = new Set(said.map(([, words]) => words));
  if (all.size === 1) return [...all].join('');
  return said.map(([runner, words]) => `${runner}: ${words}`).join('; ');
}

function wordsFor(result: PindownResult): string {
  switch (result.kind) {
    case 'no such tier':
      return `not on this machine (${result.tier})`;
    case 'ran': {
      const { outcome, left, unnamed } = result;
      if (outcome === 'leaked' && left === 0 && unnamed === 0) return 'named and ended';
      const missing = [`\`${outcome}\``];
      if (left > 0) missing.push(`**${left} left**`);
      if (unnamed > 0) missing.push(`${unnamed} without a name`);
      return missing.join(', ');
    }
  }
}

/** A table in Markdown. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(lineOf).join('');
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
}
