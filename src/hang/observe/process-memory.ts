import { closeSync, openSync, readSync } from 'node:fs';
import { isSystemError } from '../../core/errors.ts';

/** So much is read at once, bytes. */
const MOST = 1 << 20;

/**
 * Reads a process's memory without stopping it; null where the address is not mapped, or the
 * process is gone or another user's (proc_pid_mem(5)).
 *
 * @param length bytes, at most 1 MiB
 */
export function readMemory(pid: number, address: bigint, length: number): Buffer | null {
  if (address <= 0n || address >= 1n << 63n || length <= 0 || length > MOST) return null;
  let descriptor: number | null = null;
  try {
    descriptor = openSync(`/proc/${pid}/mem`, 'r');
    const bytes = Buffer.alloc(length);
    const read = readSync(descriptor, bytes, 0, length, address);
    return read === length ? bytes : null;
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

/** Reads a text that ends in a NUL byte; null as for {@link readMemory}. */
export function readText(pid: number, address: bigint, most = 4_096): string | null {
  // Not across a page of which the next may not be mapped.
  const page = 4_096n;
  let text = Buffer.alloc(0);
  for (let at = address; text.length < most;) {
    const bytes = readMemory(pid, at, Number(page - (at % page)));
    if (bytes === null) return null;
    text = Buffer.concat([text, bytes]);
    const end = text.indexOf(0);
    if (end >= 0) return text.toString('utf8', 0, end);
    at += BigInt(bytes.length);
  }
  return null;
}
