import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Attempt } from '../core/attempt.ts';
import { describeFault, isSystemError } from '../core/errors.ts';

export type OutputStream = 'stdout' | 'stderr';

/** Where an attempt's output lies, relative to the run's directory. Batches share theirs. */
export function outputPath(attempt: Attempt, stream: OutputStream): string {
  const name = `${stream}.log`;
  const listed = attempt.evidence.find((path) => basename(path) === name);
  return listed ?? `attempts/${attempt.id}/${name}`;
}

/** Where the page lies that tells what it waited for, relative to the run's directory. */
export function hangPagePath({ evidence }: Attempt): string | null {
  return evidence.find((path) => basename(path) === 'hang.md') ?? null;
}

/**
 * The last bytes of an attempt's output as text; null where there is none. Where it was cut, a
 * first line says so and names the whole. Never throws: that it can't be read is itself the text.
 *
 * @param maxBytes what is kept of it
 */
export function outputTail(
  runDir: string,
  attempt: Attempt,
  stream: OutputStream,
  maxBytes: number,
): string | null {
  const path = outputPath(attempt, stream);
  let fd: number;
  try {
    fd = openSync(join(runDir, path), 'r');
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return null;
    return `(${path} could not be read: ${describeFault(error)})`;
  }
  try {
    const { size } = fstatSync(fd);
    const start = Math.max(0, size - maxBytes);
    const bytes = Buffer.alloc(size - start);
    const length = readSync(fd, bytes, 0, bytes.length, start);
    if (length === 0) return null;
    const text = fromCharacterStart(bytes.subarray(0, length), start > 0).toString('utf8');
    return start === 0 ? text : `(the last ${length} of ${size} bytes of ${path})\n${text}`;
  } catch (error) {
    return `(${path} could not be read: ${describeFault(error)})`;
  } finally {
    closeSync(fd);
  }
}

/** Drops the UTF-8 continuation bytes (10xxxxxx) that a cut left at the front. */
function fromCharacterStart(bytes: Buffer, cut: boolean): Buffer {
  if (!cut) return bytes;
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start);
}
