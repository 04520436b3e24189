import { closeSync, openSync, readSync } from 'node:fs';
import { fileSize } from '../process/census.ts';

const TAIL_BYTES = 4_096;

/** The last line of a file that holds anything, from its last 4 KiB; null where there is none. */
export function lastLineOf(file: string): string | null {
  const size = fileSize(file);
  if (size === 0) return null;
  const descriptor = openSync(file, 'r');
  try {
    const length = Math.min(size, TAIL_BYTES);
    const buffer = Buffer.alloc(length);
    const bytes = readSync(descriptor, buffer, 0, length, size - length);
    const lines = buffer.toString('utf8', 0, bytes).split('\n');
    return lines.map((line) => line.trim()).findLast((line) => line !== '') ?? null;
  } finally {
    closeSync(descriptor);
  }
}
