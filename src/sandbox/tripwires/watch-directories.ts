import { type FSWatcher, statSync, watch } from 'node:fs';
import { isSystemError } from '../../core/errors.ts';

/** fs.watch, for tests to replace. */
export type WatchDirectory = (
  directory: string,
  onChange: (name: string | null) => void,
) => Pick<FSWatcher, 'close' | 'on'>;

const watchForReal: WatchDirectory = (directory, onChange) =>
  watch(directory, { persistent: false }, (_event, name) => onChange(name));

/** The user's watches or instances are used up (inotify(7)): the next one would fail, too. */
const USED_UP: ReadonlySet<string> = new Set(['ENOSPC', 'EMFILE']);

interface Watcher extends Pick<FSWatcher, 'close'> {
  /** Its number: a watch stays with the directory where that is moved. */
  readonly inode: bigint;
}

/** Watches directories, none of them with what is below it, until it is closed. */
export class DirectoryWatch {
  readonly #watch: WatchDirectory;
  readonly #onChange: (directory: string, name: string | null) => void;
  readonly #watchers = new Map<string, Watcher>();
  /** Why not all could be watched; null where they are. */
  fault: string | null = null;

  /** @param onChange told which directory, and which name in it where the kernel says so */
  constructor(
    onChange: (directory: string, name: string | null) => void,
    watchDirectory: WatchDirectory = watchForReal,
  ) {
    this.#onChange = onChange;
    this.#watch = watchDirectory;
  }

  /** Watches these, too; the first that can't be is named, and where watches are used up the last. */
  add(directories: ReadonlySet<string>): void {
    let count = 0;
    for (const directory of directories) {
      if (this.#watchers.has(directory)) continue;
      const error = this.#add(directory);
      if (error === null) {
        count += 1;
        continue;
      }
      this.fault ??= `${directory} can't be watched (${error})`;
      if (!USED_UP.has(error)) continue;
      this.fault = `only ${count} of ${directories.size} directories can be watched (${error}): raise fs.inotify.max_user_watches`;
      return;
    }
  }

  /** Watches what is at that path now; false where it is the same directory as before. */
  renew(directory: string): boolean {
    const watcher = this.#watchers.get(directory);
    if (watcher !== undefined && watcher.inode === inodeOf(directory)) return false;
    this.#drop(directory);
    this.add(new Set([directory]));
    return true;
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  /** @returns the code of the fault; null where it is watched, or is not there */
  #add(directory: string): string | null {
    try {
      const watcher = this.#watch(directory, (name) => this.#onChange(directory, name));
      const close = (): void => watcher.close();
      // A directory that is removed ends its watch; that it went, its parent's watch told.
      watcher.on('error', close);
      this.#watchers.set(directory, { close, inode: inodeOf(directory) });
      return null;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return error.code === 'ENOENT' || error.code === 'ENOTDIR' ? null : error.code;
    }
  }

  #drop(directory: string): void {
    this.#watchers.get(directory)?.close();
    this.#watchers.delete(directory);
  }
}

/** The number of a directory, by which it is known from another one of its name; 0 where there is none. */
export function inodeOf(directory: string): bigint {
  try {
    return statSync(directory, { bigint: true }).ino;
  } catch (error) {
    if (isSystemError(error)) return 0n;
    throw error;
  }
}
