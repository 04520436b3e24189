import { join, relative, sep } from 'node:path';
import { Directories } from './directories.ts';
import { isGitThatChanges } from './git-command.ts';
import { Glimpses } from './glimpses.ts';
import type { TreeState } from './tree-state.ts';
import { DirectoryWatch, type WatchDirectory } from './watch-directories.ts';
import type { Change, Look, Verified, Wire } from './wire.ts';

/**
 * The working tree: its tracked files, and what is checked out and staged. The kernel tells of
 * every change at once (inotify(7)). `HEAD` and the index are looked at after each attempt, and all
 * files at the end of the run, for what was not told: watches can be used up, and the kernel drops
 * events when too many come at once.
 */
export class TreeWire implements Wire {
  readonly #state: TreeState;
  readonly #top: string;
  readonly #gitDir: string;
  readonly #watch: DirectoryWatch;
  readonly #directories: Directories;
  readonly #glimpses = new Glimpses();
  readonly #head: Change;
  readonly #index: Change;
  #onChange: (change: Change) => void = () => {};

  constructor(state: TreeState, watchDirectory?: WatchDirectory) {
    const { gitDir, place } = state.repository;
    this.#state = state;
    this.#top = place.cwd;
    this.#gitDir = gitDir;
    this.#directories = new Directories(state.files);
    const files = [join(gitDir, 'index.lock'), join(gitDir, 'HEAD.lock')];
    this.#head = { kind: 'head', what: 'HEAD', files };
    this.#index = { kind: 'index', what: 'the index', files };
    this.#watch = new DirectoryWatch((dir, name) => this.#onEvent(dir, name), watchDirectory);
  }

  arm(onChange: (change: Change) => void): void {
    this.#onChange = onChange;
    const directories = new Set([this.#gitDir, join(this.#gitDir, 'logs')]);
    for (const directory of this.#directories.all) directories.add(join(this.#top, directory));
    this.#watch.add(directories);
  }

  get faults(): readonly string[] {
    const { fault } = this.#watch;
    return fault === null
      ? []
      : [`changes of tracked files may be noticed only at the end: ${fault}`];
  }

  look(at: Look): readonly Change[] {
    const told = [this.#head, this.#index];
    if (at === 'attempt') return told;
    const untold = this.#state.suspected().map((path) => ({ ...this.#file(path), at: null }));
    return [...told, ...untold];
  }

  verify(changes: readonly Change[]): ReadonlyMap<Change, Verified> {
    const found = new Map<Change, Verified>();
    const paths = changes.filter(({ kind }) => kind === 'tree').map(({ what }) => this.#path(what));
    const changed = this.#state.changed(paths);
    for (const change of changes) {
      const verified = this.#verify(change, changed);
      if (verified !== null) found.set(change, verified);
    }
    this.#glimpses.clear();
    return found;
  }

  isKnownFor({ kind }: Change, command: string, workingDirectory: string | null): boolean {
    return (
      isGitThatChanges(kind, command) && `${workingDirectory ?? ''}/`.startsWith(`${this.#top}/`)
    );
  }

  disarm(): void {
    this.#watch.close();
  }

  #verify(change: Change, changed: ReadonlyMap<string, Verified['change']>): Verified | null {
    if (change === this.#head) {
      const moved = this.#state.headMoved();
      return moved === null ? null : { ...moved, undone: false };
    }
    if (change === this.#index) {
      const how = this.#state.indexChanged();
      return how === null ? null : { change: how, undone: false };
    }
    const path = this.#path(change.what);
    const how = changed.get(path);
    if (how !== undefined) return { change: how, undone: false };
    const meanwhile = this.#glimpses.other(join(this.#top, path));
    return meanwhile === null ? null : { change: meanwhile, undone: true };
  }

  #onEvent(directory: string, name: string | null): void {
    if (name === null) return;
    if (directory === this.#gitDir) {
      if (name.startsWith('HEAD')) this.#onChange(this.#head);
      if (name.startsWith('index')) this.#onChange(this.#index);
    } else if (directory === join(this.#gitDir, 'logs')) {
      if (name === 'HEAD') this.#onChange(this.#head);
    } else {
      this.#onName(relative(this.#top, join(directory, name)).split(sep).join('/'));
    }
  }

  #onName(path: string): void {
    if (this.#state.isTracked(path)) this.#onFile(path);
    // All in it went with a directory that is another one now; of itself the kernel does not say so.
    if (!this.#directories.has(path) || !this.#watch.renew(join(this.#top, path))) return;
    this.#directories.walk(path, (directory, files) => {
      this.#watch.renew(join(this.#top, directory));
      for (const file of files) this.#onFile(file);
    });
  }

  #onFile(path: string): void {
    this.#glimpses.take(join(this.#top, path));
    this.#onChange(this.#file(path));
  }

  #file(path: string): Change {
    const files = [join(this.#top, path), join(this.#gitDir, 'index.lock')];
    return { kind: 'tree', what: path.slice(this.#state.repository.prefix.length), files };
  }

  /** People know it by where it is in the project. */
  #path(what: string): string {
    return `${this.#state.repository.prefix}${what}`;
  }
}
