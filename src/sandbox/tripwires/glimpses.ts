import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { isSystemError } from '../../core/errors.ts';

const GONE = 'gone';
/** So much of a file is read. */
const MOST_BYTES = 262_144;
/** So often a file is read between two looks; one that is written all the time is not read again. */
const MOST_PER_FILE = 20;

/**
 * What files held at moments when the kernel told of a change, so that one that was another for a
 * while, and is as before again, is told apart from one that was only touched.
 */
export class Glimpses {
  readonly #seen = new Map<string, { readonly kinds: Set<string>; count: number }>();

  take(file: string): void {
    let seen = this.#seen.get(file);
    if (seen === undefined) {
      seen = { kinds: new Set(), count: 0 };
      this.#seen.set(file, seen);
    }
    seen.count += 1;
    if (seen.count <= MOST_PER_FILE) seen.kinds.add(contentOf(file));
  }

  /** What the file was for a while that it is not now; null where it was only touched. */
  other(file: string): 'changed' | 'removed' | null {
    const seen = this.#seen.get(file);
    if (seen === undefined) return null;
    const now = contentOf(file);
    if (seen.kinds.has(GONE) && now !== GONE) return 'removed';
    return [...seen.kinds].some((kind) => kind !== now) ? 'changed' : null;
  }

  clear(): void {
    this.#seen.clear();
  }
}

function contentOf(file: string): string {
  let descriptor: number;
  try {
    // A named pipe must not be waited for.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return error.code === 'ENOENT' || error.code === 'ENOTDIR' ? GONE : error.code;
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return 'no file';
    const { size } = stat;
    const bytes = Buffer.allocUnsafe(Math.min(size, MOST_BYTES));
    const read = readSync(descriptor, bytes, 0, bytes.length, 0);
    return `${size} ${createHash('sha1').update(bytes.subarray(0, read)).digest('hex')}`;
  } finally {
    closeSync(descriptor);
  }
}
