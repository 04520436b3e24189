import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, usageError } from '../../core/errors.ts';
import type { Detection, Place } from '../framework.ts';

/** By a package or a workspace in the directory. */
export async function detect(place: Place): Promise<Detection | null> {
  if (await isThere(join(place.dir, 'Cargo.toml'))) {
    return { strength: 2, because: 'Cargo.toml', version: null, args: [], data: {} };
  }
  if (!place.forced) return null;
  throw usageError(
    'no-cargo-package',
    `There is no Cargo.toml in ${place.dir}.`,
    'Run Pindown where `cargo test` works, or set the suite\'s "dir" to it.',
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
