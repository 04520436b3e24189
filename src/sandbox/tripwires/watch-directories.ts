import { type FSWatcher, watch } from 'node:fs';
import { isSystemError } from '../../core/errors.ts';

/** Watches directories, none of them with what is below it, until it is closed. */
export class DirectoryWatch {
  readonly #watchers: FSWatcher[] = [];
  /** What could not be watched, and why. */
  readonly faults: string[] = [];

  /** @param onChange told which directory, and which name in it where the kernel says so */
  constructor(
    directories: Iterable<string>,
    onChange: (directory: string, name: string | null) => void,
  ) {
    for (const directory of directories) {
      try {
        const watcher = watch(directory, { persistent: false }, (_event, name) =>
          onChange(directory, name),
        );
        // A directory that is removed ends its watch; that it went, its parent's watch told.
        watcher.on('error', () => watcher.close());
        this.#watchers.push(watcher);
      } catch (error) {
        if (!isSystemError(error)) throw error;
        this.faults.push(`${directory}: ${error.code}`);
        // The user's watches are used up (inotify(7)): the next one would fail, too.
        if (error.code === 'ENOSPC' || error.code === 'EMFILE') break;
      }
    }
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close();
  }
}
