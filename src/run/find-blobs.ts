import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describeFault } from '../core/errors.ts';
import type { BrokenPart } from '../core/part.ts';
import { BLOB_NAME } from '../report/blob/format.ts';

/**
 * How far below a given directory a blob is looked for: what CI brings back of each shard lies in
 * a directory of the shard's name, perhaps with `.pindown/runs/<run id>` below it.
 */
const DEPTH = 5;

/** Directories that are large, and hold no run of their own. */
const SKIPPED = new Set(['attempts', 'node_modules', '.git']);

/** Where blobs were found, and which of the places given held none. */
export interface FoundBlobs {
  readonly files: readonly string[];
  readonly broken: readonly BrokenPart[];
}

/**
 * Finds the blobs that are meant by the places given: a blob itself, a run's directory, or a
 * directory with some of these below it. A place without a blob is a part that is not in order,
 * as much as a corrupt one; symbolic links are not followed below a place.
 *
 * @param places paths as the user wrote them, from the working directory
 */
export function findBlobs(places: readonly string[]): FoundBlobs {
  const files: string[] = [];
  const broken: BrokenPart[] = [];
  for (const place of places) {
    try {
      const found = statSync(place).isDirectory() ? below(place, DEPTH) : [place];
      files.push(...found);
      if (found.length === 0) {
        broken.push({ file: place, fault: `holds no ${BLOB_NAME}`, units: [] });
      }
    } catch (error) {
      const fault = `can't be read: ${describeFault(error)}`;
      broken.push({ file: place, fault, units: [] });
    }
  }
  return { files, broken };
}

function below(dir: string, depth: number): string[] {
  const entries = readdirSync(dir, { withFileTypes: true }).sort(byName);
  if (entries.some((entry) => entry.isFile() && entry.name === BLOB_NAME)) {
    return [join(dir, BLOB_NAME)];
  }
  if (depth === 0) return [];
  return entries
    .filter((entry) => entry.isDirectory() && !SKIPPED.has(entry.name))
    .flatMap((entry) => below(join(dir, entry.name), depth - 1));
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}
