import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, usageError } from '../../core/errors.ts';
import type { Detection, Place } from '../framework.ts';

/** By a module or a workspace in the directory. */
export async function detect(place: Place): Promise<Detection | null> {
  for (const file of ['go.work', 'go.mod']) {
    if (await isThere(join(place.dir, file))) {
      return { strength: 2, because: file, version: null, args: [], data: {} };
    }
  }
  if (!place.forced) return null;
  throw usageError(
    'no-go-module',
    `There is no go.mod and no go.work in ${place.dir}.`,
    'Run Pindown where `go test ./...` works, or set the suite\'s "dir" to it.',
  );
}

async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return false;
    throw error;
  }
}
