import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes a project of empty files `u/1` to `u/<count>`, and `list` with their names; returns its path. */
export function emptyUnits(dir: string, count: number): string {
  mkdirSync(join(dir, 'u'), { recursive: true });
  const paths = Array.from({ length: count }, (_, index) => `u/${index + 1}`);
  for (const path of paths) writeFileSync(join(dir, path), '');
  writeFileSync(join(dir, 'package.json'), '{"name": "bench"}\n');
  writeFileSync(join(dir, 'list'), paths.map((path) => `${path}\n`).join(''));
  return dir;
}
