import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSystemError } from '../core/errors.ts';

/** The parents may be removed so often while we make them. */
const MOST_TRIES = 8;

/**
 * Makes a directory and those above it; what is there, or is made by others at the same time, is
 * fine. Node's own `recursive` never returns where a parent that is there answers with ENOENT, as
 * below /proc.
 *
 * @throws the operating system's error
 */
export function makeDirectories(dir: string, tries: number = MOST_TRIES): void {
  try {
    mkdirSync(dir);
  } catch (error) {
    const code = isSystemError(error) ? error.code : null;
    if (code === 'EEXIST' && statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true) {
      return;
    }
    const parent = dirname(dir);
    if (code !== 'ENOENT' || tries === 0 || existsSync(parent)) throw error;
    makeDirectories(parent, tries - 1);
    makeDirectories(dir, tries - 1);
  }
}
