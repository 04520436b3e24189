import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The root of Pindown's own package: the nearest directory above this file with a package.json. */
const OWN_ROOT: string = findOwnRoot();

/** Where npm finds Pindown's own programs: what is built in the repository uses the repository's. */
export const OWN_CHECKOUT: string = basename(OWN_ROOT) === 'dist' ? dirname(OWN_ROOT) : OWN_ROOT;

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
