import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../../core/errors.ts';
import type { Detection, Place } from '../framework.ts';

/** By a module or a workspace in the directory. */
export async function detect(place: Place): Promise<Detection | null> {
  for (const file of ['go.work', 'go.mod']) {
    if (existsSync(join(place.dir, file))) {
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
