import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The name of the configuration file; its directory is the project's root. */
export const CONFIG_NAME = 'pindown.toml';

/** What marks a project's root where there is no configuration, any of them, nearest first. */
const MARKS = ['package.json', 'pyproject.toml', 'go.work', 'go.mod', 'Cargo.toml', '.git'];

/**
 * The root of the project that a directory is in: the nearest directory upwards with a
 * `pindown.toml`, else the nearest with a manifest or a repository, else the directory itself.
 *
 * @returns absolute and real
 */
export function findProjectRoot(from: string): string {
  const start = realpathSync(from);
  return nearest(start, [CONFIG_NAME]) ?? nearest(start, MARKS) ?? start;
}

function nearest(start: string, names: readonly string[]): string | null {
  for (let dir = start; ; dir = dirname(dir)) {
    if (names.some((name) => existsSync(join(dir, name)))) return dir;
    if (dirname(dir) === dir) return null;
  }
}
