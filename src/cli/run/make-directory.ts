import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSystemError } from '../../core/errors.ts';

/**
 * Makes a directory and those above it; one that is there is fine. Node's own `recursive` never
 * returns where a parent that is there answers with ENOENT, as below /proc.
 *
 * @throws the operating system's error
 */
export function makeDirectory(dir: string): void {
  try {
    mkdirSync(dir);
  } catch (error) {
    const code = isSystemError(error) ? error.code : null;
    if (code === 'EEXIST' && statSync(dir).isDirectory()) return;
    const parent = dirname(dir);
    if (code !== 'ENOENT' || existsSync(parent)) throw error;
    makeDirectory(parent);
    mkdirSync(dir);
  }
}
