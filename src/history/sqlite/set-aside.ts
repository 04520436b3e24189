import { existsSync, renameSync } from 'node:fs';

/** A damaged history that was moved out of the way. */
export interface SetAside {
  /** Where it is now. */
  readonly file: string;
  readonly reason: string;
}

/**
 * Moves a database and what belongs to it to `<file>.corrupt-<time>`, under names by which SQLite
 * still finds all of it. Nobody else may open the database meanwhile: a new one beside the old
 * one's `-wal` would take that in.
 */
export function setAside(file: string, reason: string): SetAside {
  const time = new Date().toISOString().replaceAll(/[-:.]/g, '');
  let target = `${file}.corrupt-${time}`;
  for (let again = 2; existsSync(target); again += 1) target = `${file}.corrupt-${time}-${again}`;
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix);
  }
  return { file: target, reason };
}
