import { readdirSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { isSystemError, usageError } from '../core/errors.ts';

/** What every sequence of bytes that is no UTF-8 reads as. */
const REPLACEMENT = '\uFFFD';

/** A name on disk that no text stands for: Linux allows any bytes but `/` and NUL. */
export interface UndecodableName {
  /** Absolute. */
  readonly dir: string;
  /** Its bytes that are no ASCII written as `\xff`. */
  readonly shown: string;
  readonly isDirectory: boolean;
}

/**
 * The first name in a path that may stand for bytes that are no UTF-8: such names all read alike,
 * so that two files would be taken for one, or a file for one that is not there.
 *
 * @param path absolute
 * @returns null where the path means what it says
 * @throws the system's error where a directory can't be read
 */
export function undecodableName(path: string): UndecodableName | null {
  if (!path.includes(REPLACEMENT) && path.isWellFormed()) return null;
  let dir: string = sep;
  for (const name of resolve(path).split(sep)) {
    const bytes = undecodableIn(dir, name);
    if (bytes !== null) return { dir, shown: shownAs(bytes), isDirectory: isDirectory(dir, bytes) };
    dir = join(dir, name);
  }
  return null;
}

/** @throws PindownError where a path does not mean what it says; see {@link undecodableName} */
export function refuseUndecodable(path: string): void {
  const found = undecodableName(path);
  if (found === null) return;
  throw usageError(
    'undecodable-name',
    `The directory ${found.dir} holds a name that is not UTF-8: "${found.shown}".`,
    "Such names can't be told apart, so none of them is run. Rename it, or choose files without it.",
  );
}

function undecodableIn(dir: string, name: string): Buffer | null {
  if (!name.includes(REPLACEMENT) && name.isWellFormed()) return null;
  for (const entry of entries(dir)) {
    const text = entry.toString();
    if (text === name.toWellFormed() && !Buffer.from(text).equals(entry)) return entry;
  }
  // Python writes each byte as a surrogate (PEP 383), of which UTF-8 knows none.
  return name.isWellFormed() ? null : Buffer.from(name);
}

function entries(dir: string): readonly Buffer[] {
  try {
    return readdirSync(dir, { encoding: 'buffer' });
  } catch (error) {
    // A file that is gone, or never was: whoever opens it says so.
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}

function isDirectory(dir: string, name: Buffer): boolean {
  const path = Buffer.concat([Buffer.from(join(dir, sep)), name]);
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function shownAs(bytes: Buffer): string {
  return [...bytes]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');
}
