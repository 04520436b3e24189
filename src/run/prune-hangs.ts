import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeFault } from '../core/errors.ts';
import { namesIn } from '../core/names-in.ts';

/** So many are kept. */
const KEPT = 10;

/**
 * Removes what is left of the oldest programs that hung where there was no run yet; each has a
 * directory whose name sorts by time.
 *
 * @returns what could not be removed, and why
 */
export function pruneHangs(hangsDir: string): string[] {
  const faults: string[] = [];
  for (const name of namesIn(hangsDir).toSorted().slice(0, -KEPT)) {
    const dir = join(hangsDir, name);
    try {
      rmSync(dir, { recursive: true, force: true });
    } catch (error) {
      faults.push(`${dir} could not be removed: ${describeFault(error)}`);
    }
  }
  return faults;
}
