import { join } from 'node:path';
import { GONE, blobsNow } from './blobs.ts';
import { Head, stamp } from './head.ts';
import {
  type Listing,
  type Repository,
  findRepository,
  listStaged,
  suspectedFiles,
} from './repository.ts';

/** What has become of a tracked file since it was last looked at. */
export type FileChange = 'changed' | 'removed' | 'restored';

/** What git holds of a project's working tree at one moment, to compare a later one with. */
export class TreeState {
  readonly repository: Repository;
  /** The tracked files of the project and the blob of what each held at first. */
  readonly #blobs: Map<string, string>;
  /** What those hold that hold something else now. */
  readonly #differing = new Map<string, string>();
  readonly #head: Head;
  readonly #firstHead: string;
  #lastHead: string;
  readonly #firstIndex: string;
  #lastIndex: string;
  #indexStamp: string;

  private constructor(repository: Repository, { blobs, hash }: Listing, dirty: readonly string[]) {
    this.repository = repository;
    this.#blobs = blobs;
    const held: ReadonlyMap<string, string> =
      dirty.length > MOST_READ ? new Map() : blobsNow(repository, dirty);
    for (const path of dirty) if (blobs.has(path)) blobs.set(path, held.get(path) ?? UNKNOWN);
    this.#head = new Head(repository.gitDir);
    this.#firstHead = this.#lastHead = this.#head.now();
    this.#firstIndex = this.#lastIndex = hash;
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

  /** The tracked files of the project, relative to the working tree's top. */
  get files(): IterableIterator<string> {
    return this.#blobs.keys();
  }

  isTracked(path: string): boolean {
    return this.#blobs.has(path);
  }

  /** Whether another commit or branch is checked out than at the last look, and which. */
  headMoved(): { readonly change: 'moved' | 'restored'; readonly detail: string } | null {
    const now = this.#head.now();
    const before = this.#lastHead;
    if (now === before) return null;
    this.#lastHead = now;
    const change = now === this.#firstHead ? 'restored' : 'moved';
    return { change, detail: `from ${before} to ${now}` };
  }

  /** Whether something else is staged than at the last look; only an index that was written is read. */
  indexChanged(): 'changed' | 'restored' | null {
    const now = this.#stampOfIndex();
    if (now === this.#indexStamp) return null;
    this.#indexStamp = now;
    const listing = listStaged(this.repository);
    if (listing === null || listing.hash === this.#lastIndex) return null;
    this.#lastIndex = listing.hash;
    // What is tracked only now is taken to hold what it was staged with.
    for (const [path, blob] of listing.blobs) {
      if (!this.#blobs.has(path)) this.#blobs.set(path, blob);
    }
    return listing.hash === this.#firstIndex ? 'restored' : 'changed';
  }

  /** Which of these tracked files hold something else than at the last look. */
  changed(paths: readonly string[]): ReadonlyMap<string, FileChange> {
    const found = new Map<string, FileChange>();
    for (const [path, blob] of blobsNow(this.repository, paths)) {
      const first = this.#blobs.get(path);
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
