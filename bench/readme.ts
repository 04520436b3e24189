import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, BenchResult } from './row.ts';
import { table } from './table.ts';

const README = join(import.meta.dirname, 'README.md');

/** Writes a benchmark's section into the README. */
export function writeSection(bench: Bench, result: BenchResult, where: string): void {
  writeFileSync(README, withSection(readFileSync(README, 'utf8'), bench, result, where));
}

/**
 * The README with the section of a benchmark made anew, between its two comments. One that could
 * not be measured this time keeps what was measured before, under its own date.
 */
export function withSection(
  readme: string,
  { name, title }: Pick<Bench, 'name' | 'title'>,
  result: BenchResult,
  where: string,
): string {
  const begin = `<!-- bench ${name} -->\n`;
  const end = `<!-- /bench ${name} -->`;
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`bench/README.md has no section for ${name}`);
  const before = readme.slice(from + begin.length, to);
  if (result.kind === 'skipped' && before.includes('| --- |')) return readme;
  const body =
    result.kind === 'skipped'
      ? `Not measured: ${result.because}.`
      : `${where}. ${result.how}\n\n${table(result.rows)}`;
  const section = `${begin}## ${title} (\`${name}\`)\n\n${body}\n\n`;
  return readme.slice(0, from) + section + readme.slice(to);
}
