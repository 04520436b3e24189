import { join } from 'node:path';
import { GONE, blobsNow } from './blobs.ts';
import { Head, stamp } from './head.ts';
import { headMoveText } from './head-move.ts';
import type { Listing } from './listing.ts';
import { type Repository, findRepository, listStaged, suspectedFiles } from './repository.ts';

/** What has become of a tracked file since it was last looked at. */
export type FileChange = 'changed' | 'removed' | 'restored';

/** What git holds of a project's working tree at one moment, to compare a later one with. */
export class TreeState {
  readonly repository: Repository;
  /** What was staged at first. */
  readonly #first: Listing;
  /** What is staged now. */
  #listing: Listing;
  /** What those files held at first that held something else than what was staged. */
  readonly #dirty = new Map<string, string>();
  /** What those hold that hold something else now. */
  readonly #differing = new Map<string, string>();
  readonly #head: Head;
  readonly #firstHead: string;
  #lastHead: string;
  #indexStamp: string;

  private constructor(repository: Repository, listing: Listing, dirty: readonly string[]) {
    this.repository = repository;
    this.#first = this.#listing = listing;
    const held: ReadonlyMap<string, string> =
      dirty.length > MOST_READ ? new Map() : blobsNow(repository, dirty);
    for (const path of dirty) this.#dirty.set(path, held.get(path) ?? UNKNOWN);
    this.#head = new Head(repository.gitDir);
    this.#firstHead = this.#lastHead = this.#head.now();
    this.#indexStamp = this.#stampOfIndex();
  }

  /** @returns null where the root is in no working tree of git, or git can't be asked */
  static read(root: string, env: Readonly<Record<string, string>>): TreeState | null {
    const repository = findRepository(root, env);
    if (repository === null) return null;
    const listing = listStaged(repository);
    const dirty = suspectedFiles(repository);
    return listing === null || dirty === null ? null : new TreeState(repository, listing, dirty);
  }

  /** Where git keeps what is checked out: these directories change with it. */
  get headDirectories(): readonly string[] {
    return this.#head.directories;
  }

  /** All directories with tracked files, relative to the working tree's top. */
  directories(): ReadonlySet<string> {
    return this.#first.directories();
  }

  /** The tracked files below a directory. */
  below(directory: string): Iterable<string> {
    return this.#first.below(directory);
  }

  isTracked(path: string): boolean {
    return this.#atFirst(path) !== undefined;
  }

  /** Whether another commit or branch is checked out than at the last look, and which. */
  headMoved(): { readonly change: 'moved' | 'restored'; readonly detail: string } | null {
    const now = this.#head.now();
    const before = this.#lastHead;
    if (now === before) return null;
    this.#lastHead = now;
    const change = now === this.#firstHead ? 'restored' : 'moved';
    return { change, detail: headMoveText({ from: before, to: now }) };
  }

  /** Whether something else is staged than at the last look; only an index that was written is read. */
  indexChanged(): 'changed' | 'restored' | null {
    const now = this.#stampOfIndex();
    if (now === this.#indexStamp) return null;
    this.#indexStamp = now;
    const listing = listStaged(this.repository);
    if (listing === null || listing.hash === this.#listing.hash) return null;
    this.#listing = listing;
    return listing.hash === this.#first.hash ? 'restored' : 'changed';
  }

  /** Which of these tracked files hold something else than at the last look. */
  changed(paths: readonly string[]): ReadonlyMap<string, FileChange> {
    const found = new Map<string, FileChange>();
    for (const [path, blob] of blobsNow(this.repository, paths)) {
      const first = this.#atFirst(path);
      const last = this.#differing.get(path) ?? first;
      if (last === undefined || last === blob) continue;
      if (last === UNKNOWN && blob !== GONE) continue;
      const restored = blob === first || (first === UNKNOWN && blob !== GONE);
      if (restored) this.#differing.delete(path);
      else this.#differing.set(path, blob);
      found.set(path, restored ? 'restored' : blob === GONE ? 'removed' : 'changed');
    }
    return found;
  }

  /** Every file that may hold something else than at the last look, whether noticed or not. */
  suspected(): readonly string[] {
    const now = suspectedFiles(this.repository) ?? [];
    return [...new Set([...now, ...this.#differing.keys()])].filter((path) => this.isTracked(path));
  }

  /** What is tracked only since then is taken to have held what it was staged with. */
  #atFirst(path: string): string | undefined {
    return this.#dirty.get(path) ?? this.#first.blob(path) ?? this.#listing.blob(path);
  }

  #stampOfIndex(): string {
    return stamp(join(this.repository.gitDir, 'index'));
  }
}

/**
 * So many files that look different from what git remembers of them are read at the start. In a
 * tree that was copied without its times all of them do: of those only a removal can be told.
 */
const MOST_READ = 5_000;
const UNKNOWN = 'unknown';
