import { chmodSync, lstatSync, readdirSync, rmSync, rmdirSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeFault, isSystemError } from '../core/errors.ts';
import { readProcFile } from '../process/proc-stat.ts';

/**
 * Removes a directory of ours with all that is in it. What a test made read-only is made writable
 * first (as Go does with its module cache); nothing outside of it is touched, and no link is
 * followed.
 *
 * @returns null, or which file could not be removed by which call, and why that is likely
 */
export function removeTree(dir: string): string | null {
  try {
    // Mostly it is empty, and this is five times as fast as to look first.
    rmdirSync(dir);
    return null;
  } catch {
    return removeAll(dir);
  }
}

function removeAll(dir: string): string | null {
  try {
    rmSync(dir, { recursive: true, force: true });
    return null;
  } catch {
    // rmSync names neither the file nor the call; the walk below does.
  }
  try {
    removeStepwise(dir);
    return null;
  } catch (error) {
    return `${dir} could not be removed: ${describeFault(error)}${why(error)}`;
  }
}

function removeStepwise(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) {
    unlinkSync(path);
    return;
  }
  if (stat.uid === process.getuid?.()) chmodSync(path, stat.mode | 0o700);
  for (const name of readdirSync(path)) removeStepwise(join(path, name));
  rmdirSync(path);
}

/** What the kernel knows of the file that would not go. */
function why(error: unknown): string {
  if (!isSystemError(error) || typeof error.path !== 'string') return '';
  const { path } = error;
  if (isMountPoint(path)) return '; it is a mount point';
  const stat = lstatSync(path, { throwIfNoEntry: false });
  const parent = lstatSync(dirname(path), { throwIfNoEntry: false });
  const owners = [stat, parent].map((one) => one?.uid);
  const own = process.getuid?.();
  if (owners.some((uid) => uid !== undefined && uid !== own)) {
    return `; it belongs to uid ${owners[0]} in a directory of uid ${owners[1]}, and we are ${own}`;
  }
  return '';
}

/** Field 5 of each line, its spaces written as `\\040` (proc_pid_mountinfo(5)). */
function isMountPoint(path: string): boolean {
  const point = path.replaceAll(
    /[ \t\n\\]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return (readProcFile('/proc/self/mountinfo') ?? '')
    .split('\n')
    .some((line) => line.split(' ')[4] === point);
}
