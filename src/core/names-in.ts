import { readdirSync } from 'node:fs';
import { isSystemError } from './errors.ts';

/**
 * The names in a directory, in no order; none where it is not there.
 *
 * @throws the system's error for any other reason
 */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return [];
    throw error;
  }
}
