import { delimiter, dirname, join } from 'node:path';

/**
 * `PATH` as npm, pnpm and yarn give it to a package's scripts: the `node_modules/.bin` of the
 * directory and of those above it, nearest first, then the user's own.
 */
export function npmPath(dir: string, path: string): string {
  const bins: string[] = [];
  for (let at = dir; ; at = dirname(at)) {
    bins.push(join(at, 'node_modules', '.bin'));
    if (at === dirname(at)) break;
  }
  const own = path.split(delimiter).filter((entry) => entry !== '');
  return [...bins.filter((bin) => !own.includes(bin)), ...own].join(delimiter);
}
