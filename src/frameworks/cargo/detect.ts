import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../../core/errors.ts';
import type { Detection, Place } from '../framework.ts';

/** By a package or a workspace in the directory. */
export async function detect(place: Place): Promise<Detection | null> {
  if (existsSync(join(place.dir, 'Cargo.toml'))) {
    return { strength: 2, because: 'Cargo.toml', version: null, args: [], data: {} };
  }
  if (!place.forced) return null;
  throw usageError(
    'no-cargo-package',
    `There is no Cargo.toml in ${place.dir}.`,
    'Run Pindown where `cargo test` works, or set the suite\'s "dir" to it.',
  );
}
