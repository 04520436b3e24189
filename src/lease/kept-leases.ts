import { join } from 'node:path';
import { describeFault, isSystemError } from '../core/errors.ts';
import { namesIn } from '../core/names-in.ts';
import { keyOf } from './names.ts';
import { groundAt, keptBy, type Kept } from './prepare-ground.ts';
import { Obstacle } from './operation.ts';

/** A key, and what could be found out about it, or why not. */
export type OfKey<T> =
  | { readonly key: string; readonly found: T }
  | { readonly key: string; readonly unreadable: string };

/**
 * Looks at every key below a root, sorted. A key that can't be looked at is told of with the
 * reason; throws the system's error where the root itself can't be read.
 */
export function ofEveryKey<T>(root: string, look: (kept: Kept) => T): OfKey<T>[] {
  return keysIn(root).flatMap(({ directory, key }): OfKey<T>[] => {
    try {
      const backend = keptBy(directory);
      if (backend === null) return [];
      const kept = groundAt(directory, backend);
      if ('kind' in kept) return [{ key, unreadable: kept.because }];
      return [{ key, found: look(kept) }];
    } catch (error) {
      if (error instanceof Obstacle) return [{ key, unreadable: error.message }];
      if (!isSystemError(error)) throw error;
      return [{ key, unreadable: describeFault(error) }];
    }
  });
}

function keysIn(root: string): { readonly directory: string; readonly key: string }[] {
  return namesIn(root)
    .toSorted()
    .map((name) => ({ directory: join(root, name), key: keyOf(name) }))
    .filter((each): each is { directory: string; key: string } => each.key !== null);
}
