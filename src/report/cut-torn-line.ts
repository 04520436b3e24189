import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { isSystemError } from '../core/errors.ts';

const CHUNK = 65_536;
const NEWLINE = 0x0a;

/**
 * Takes a last line without its newline off a file, so that appending to the file does not bury
 * half a line in its middle.
 *
 * @returns what was cut off; null where the file ends in a newline, is empty or is not there
 */
export function cutTornLine(file: string): string | null {
  let fd: number;
  try {
    fd = openSync(file, 'r+');
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return null;
    throw error;
  }
  try {
    const { size } = fstatSync(fd);
    const end = endOfLastLine(fd, size);
    if (end === size) return null;
    const torn = Buffer.alloc(size - end);
    readSync(fd, torn, 0, torn.length, end);
    ftruncateSync(fd, end);
    return torn.toString('utf8');
  } finally {
    closeSync(fd);
  }
}

/** The offset after the last newline; 0 where there is none. */
function endOfLastLine(fd: number, size: number): number {
  const chunk = Buffer.alloc(CHUNK);
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - CHUNK);
    const length = readSync(fd, chunk, 0, end - start, start);
    const newline = chunk.subarray(0, length).lastIndexOf(NEWLINE);
    if (newline !== -1) return start + newline + 1;
    end = start;
  }
  return 0;
}
