import { join, relative, sep } from 'node:path';
import type { TreeState } from './tree-state.ts';
import { DirectoryWatch } from './watch-directories.ts';
import type { Change, Verified, Wire } from './wire.ts';

const GIT = /(?:^|\/)git(?:-\S+)? /;

/**
 * The working tree: its tracked files, and what is checked out and staged. The kernel tells of
 * every change at once (inotify(7)); where its watches are used up, `HEAD` and the index are still
 * looked at after each attempt, and the files whose directory could be watched.
 */
export class TreeWire implements Wire {
  readonly #root: string;
  readonly #state: TreeState;
  #watch: DirectoryWatch | null = null;

  constructor(root: string, state: TreeState) {
    this.#root = root;
    this.#state = state;
  }

  arm(onChange: (change: Change) => void): void {
    const { gitDir } = this.#state;
    const logs = join(gitDir, 'logs');
    const directories = [gitDir, logs, ...this.#directories()];
    this.#watch = new DirectoryWatch(directories, (directory, name) => {
      if (name === null) return;
      if (directory === logs && name === 'HEAD') onChange(HEAD);
      else if (directory === gitDir && name.startsWith('HEAD')) onChange(HEAD);
      else if (directory === gitDir && name.startsWith('index')) onChange(INDEX);
      else if (directory !== gitDir && directory !== logs) {
        const path = relative(this.#root, join(directory, name)).split(sep).join('/');
        if (this.#state.isTracked(path)) onChange(this.#file(path));
      }
    });
  }

  /** Why not all of it is watched; null where it is. */
  get fault(): string | null {
    return this.#watch?.faults[0] ?? null;
  }

  look(): readonly Change[] {
    return [HEAD, INDEX];
  }

  verify(changes: readonly Change[]): ReadonlyMap<Change, Verified> {
    const found = new Map<Change, Verified>();
    const files = changes.filter(({ kind }) => kind === 'tree');
    const changed = this.#state.changed(files.map(({ what }) => what));
    for (const change of changes) {
      if (change === HEAD && this.#state.headMoved() !== null)
        found.set(change, { change: 'moved', undone: false });
      if (change === INDEX && this.#state.indexChanged())
        found.set(change, { change: 'changed', undone: false });
      if (change.kind !== 'tree') continue;
      const how = changed.get(change.what);
      found.set(change, { change: how ?? 'changed', undone: how === undefined });
    }
    return found;
  }

  isKnownFor(command: string, workingDirectory: string | null): boolean {
    return GIT.test(command) && `${workingDirectory ?? ''}/`.startsWith(`${this.#root}/`);
  }

  disarm(): void {
    this.#watch?.close();
  }

  /** All directories that hold tracked files, or directories with some. */
  #directories(): ReadonlySet<string> {
    const directories = new Set([this.#root]);
    for (const file of this.#state.files) {
      for (let end = file.lastIndexOf('/'); end > 0; end = file.lastIndexOf('/', end - 1)) {
        const directory = join(this.#root, file.slice(0, end));
        if (directories.has(directory)) break;
        directories.add(directory);
      }
    }
    return directories;
  }

  #file(path: string): Change {
    return { kind: 'tree', what: path, file: join(this.#root, path) };
  }
}

const HEAD: Change = { kind: 'head', what: 'HEAD', file: null };
const INDEX: Change = { kind: 'index', what: 'the index', file: null };
