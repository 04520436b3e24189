import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The root of Pindown's own package: the nearest directory above this file with a package.json. */
export const OWN_ROOT: string = findOwnRoot();

function findOwnRoot(): string {
  let dir = import.meta.dirname;
  while (!existsSync(join(dir, 'package.json')) && dirname(dir) !== dir) dir = dirname(dir);
  return dir;
}

/** The version in Pindown's own package.json. */
export function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(OWN_ROOT, 'package.json'), 'utf8'));
  const { version } = manifest as { version?: unknown };
  return typeof version === 'string' ? version : 'unknown';
}
