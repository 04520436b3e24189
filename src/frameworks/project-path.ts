import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Location } from '../core/attempt.ts';

/**
 * A location as it is reported: its file relative to the project's root with forward slashes if
 * it is inside, else absolute. `file:` URLs are paths too.
 */
export function projectLocation(root: string, location: Location | null): Location | null {
  return location === null ? null : { ...location, file: projectPath(root, location.file) };
}

function projectPath(root: string, file: string): string {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  if (!isAbsolute(path)) return path;
  const inside = relative(root, path);
  return inside === '' || inside.startsWith(`..${sep}`) ? path : inside.replaceAll(sep, '/');
}
