import { type FSWatcher, watch } from 'node:fs';
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

/** Watches directories, none of them with what is below it, until it is closed. */
export class DirectoryWatch {
  readonly #watch: WatchDirectory;
  readonly #onChange: (directory: string, name: string | null) => void;
  readonly #watchers = new Map<string, Pick<FSWatcher, 'close'>>();
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

  /** Watches what is at that path now: a watch stays with a directory that is moved. */
  renew(directory: string): void {
    this.#watchers.get(directory)?.close();
    this.#watchers.delete(directory);
    this.add(new Set([directory]));
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  /** @returns the code of the fault; null where it is watched, or is not there */
  #add(directory: string): string | null {
    try {
      const watcher = this.#watch(directory, (name) => this.#onChange(directory, name));
      // A directory that is removed ends its watch; that it went, its parent's watch told.
      watcher.on('error', () => watcher.close());
      this.#watchers.set(directory, watcher);
      return null;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return error.code === 'ENOENT' || error.code === 'ENOTDIR' ? null : error.code;
    }
  }
}
