import { existsSync } from 'node:fs';
import { tailOf } from '../core/file-ends.ts';

const TAIL_BYTES = 4_096;

/** The last line of a file that holds anything, from its last 4 KiB; null where there is none. */
export function lastLineOf(file: string): string | null {
  if (!existsSync(file)) return null;
  const lines = tailOf(file, TAIL_BYTES).toString().split('\n');
  return lines.map((line) => line.trim()).findLast((line) => line !== '') ?? null;
}
