import { join, relative, sep } from 'node:path';
import { isGitThatChanges } from './git-command.ts';
import { Glimpses } from './glimpses.ts';
import type { TreeState } from './tree-state.ts';
import { DirectoryWatch, type WatchDirectory } from './watch-directories.ts';
import type { Change, Look, Verified, Wire } from './wire.ts';

/** HEAD and its lock, and the references that git packs into one file. */
const HEAD = /^(?:HEAD|packed-refs)/;

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
  readonly #headDirectories: ReadonlySet<string>;
  readonly #glimpses = new Glimpses();
  readonly #head: Change;
  readonly #index: Change;
  #onChange: (change: Change) => void = () => {};

  constructor(state: TreeState, watchDirectory?: WatchDirectory) {
    const { gitDir, place } = state.repository;
    this.#state = state;
    this.#top = place.cwd;
    this.#gitDir = gitDir;
    this.#headDirectories = new Set(state.headDirectories);
    const files = [join(gitDir, 'index.lock'), join(gitDir, 'HEAD.lock')];
    this.#head = { kind: 'head', what: 'HEAD', files };
    this.#index = { kind: 'index', what: 'the index', files };
    this.#watch = new DirectoryWatch((dir, name) => this.#onEvent(dir, name), watchDirectory);
  }

  arm(onChange: (change: Change) => void): void {
    this.#onChange = onChange;
    const directories = new Set([...this.#headDirectories, this.#top]);
    for (const directory of this.#state.directories()) directories.add(join(this.#top, directory));
    this.#watch.add(directories);
  }

  get faults(): readonly string[] {
    const { fault } = this.#watch;
    return fault === null
      ? []
      : [`changes of tracked files may be noticed only at the end: ${fault}`];
  }

  look(at: Look): readonly Change[] {
    // As long as all is watched, the kernel tells of each change in time.
    if (at === 'attempt') return this.#watch.fault === null ? [] : [this.#head, this.#index];
    const untold = this.#state.suspected().map((path) => this.#file(path));
    return [this.#head, this.#index, ...untold].map((change) => ({ ...change, at: null }));
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
    if (change.kind === 'head') {
      const moved = this.#state.headMoved();
      return moved === null ? null : { ...moved, undone: false };
    }
    if (change.kind === 'index') {
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
    if (!this.#headDirectories.has(directory)) {
      this.#onName(relative(this.#top, join(directory, name)).split(sep).join('/'));
    } else if (directory !== this.#gitDir || HEAD.test(name)) this.#onChange(this.#head);
    if (directory === this.#gitDir && name.startsWith('index')) this.#onChange(this.#index);
  }

  #onName(path: string): void {
    if (this.#state.isTracked(path)) this.#onFile(path);
    // All in it went with a directory that is another one now; of itself the kernel does not say so.
    const below = [...this.#state.below(path)];
    if (below.length > 0) this.#watch.renew(join(this.#top, path));
    const renewed = new Set([path]);
    for (const file of below) {
      for (let end = file.lastIndexOf('/'); end > 0; end = file.lastIndexOf('/', end - 1)) {
        const directory = file.slice(0, end);
        if (renewed.has(directory)) break;
        renewed.add(directory);
        this.#watch.renew(join(this.#top, directory));
      }
      this.#onFile(file);
    }
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
