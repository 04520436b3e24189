import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Location } from '../core/attempt.ts';

/**
 * A file as units and locations name it: relative to the project's root with forward slashes if
 * it is inside, else as it stands. `file:` URLs are paths too.
 */
export function projectPath(root: string, file: string): string {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  if (!isAbsolute(path)) return path;
  const inside = relative(root, path);
  return inside === '' || inside.startsWith(`..${sep}`) ? path : inside.replaceAll(sep, '/');
}

/** The location with its file as {@link projectPath} names it. */
export function projectLocation(root: string, location: Location | null): Location | null {
  return location === null ? null : { ...location, file: projectPath(root, location.file) };
}
