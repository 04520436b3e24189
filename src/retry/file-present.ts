import { stat } from 'node:fs/promises';
import { isSystemError, type SystemError } from '../core/errors.ts';
import { systemTimekeeper, type Timekeeper } from './timekeeper.ts';

/** What the looks at a path came to. */
export type Presence =
  | { readonly kind: 'present' }
  /** No look found it. The code is the last look's: `ENOTDIR` where a parent is a file. */
  | { readonly kind: 'absent'; readonly code: AbsenceCode }
  /** A look failed by itself (`EACCES`, `EIO`, `ELOOP`, …), and no other one found the file. */
  | { readonly kind: 'unknown'; readonly code: string; readonly error: SystemError };

type AbsenceCode = 'ENOENT' | 'ENOTDIR';

export interface FilePresentOptions {
  readonly timekeeper?: Timekeeper;
  /** `stat` of `node:fs/promises`, which is the default. */
  readonly stat?: (path: string) => Promise<unknown>;
}

/**
 * Milliseconds between the three looks. A file that is replaced by removing and writing it is away
 * for less than they take together.
 */
const SPACINGS_MS = [25, 75] as const;

/**
 * Whether a file (or a directory, or what a link points to) is there: it is where any of three
 * stat(2) finds it, over 100 ms. Where the first one does, that one call is all it costs. A fault
 * of stat itself is not taken for absence. Rejects only for what is no path.
 */
export async function filePresent(
  path: string,
  options: FilePresentOptions = {},
): Promise<Presence> {
  const { timekeeper = systemTimekeeper } = options;
  let seen = await look(path, options);
  for (const spacingMs of SPACINGS_MS) {
    if (seen.kind === 'present') return seen;
    await timekeeper.wait(spacingMs);
    const next = await look(path, options);
    // That the path could not be looked at once is not undone by a look that finds nothing.
    if (next.kind !== 'absent' || seen.kind === 'absent') seen = next;
  }
  return seen;
}

async function look(path: string, options: FilePresentOptions): Promise<Presence> {
  try {
    await (options.stat ?? stat)(path);
    return { kind: 'present' };
  } catch (error) {
    // What Node itself says of an argument has a code too, but no system call.
    if (!isSystemError(error) || error.syscall === undefined) throw error;
    const { code } = error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent', code };
    return { kind: 'unknown', code, error };
  }
}
