import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { askGit } from './git.ts';

/** What git holds of a project's working tree at one moment, to compare a later one with. */
export class TreeState {
  readonly gitDir: string;
  readonly #root: string;
  readonly #env: Readonly<Record<string, string>>;
  /** Tracked files below the root and the blob of what each holds; `-` where it is not there. */
  readonly #blobs: Map<string, string>;
  #head: string;
  #indexStat: string;
  #index: string;

  private constructor(
    root: string,
    env: Readonly<Record<string, string>>,
    gitDir: string,
    listing: Listing,
    dirty: ReadonlyMap<string, string>,
  ) {
    this.#root = root;
    this.#env = env;
    this.gitDir = gitDir;
    this.#blobs = new Map([...listing.blobs, ...dirty]);
    this.#index = listing.text;
    this.#head = headOf(gitDir);
    this.#indexStat = stamp(join(gitDir, 'index'));
  }

  /** @returns null where the root is in no working tree of git, or git can't be asked */
  static read(root: string, env: Readonly<Record<string, string>>): TreeState | null {
    const [gitDir] = askGit(root, env, ['rev-parse', '--absolute-git-dir'])?.[0]?.split('\n') ?? [];
    if (gitDir === undefined || gitDir === '') return null;
    const listing = list(root, env);
    const changed = askGit(root, env, ['diff-files', '--name-only', '--relative', '-z']);
    if (listing === null || changed === null) return null;
    return new TreeState(root, env, gitDir, listing, hashes(root, env, changed));
  }

  /** The tracked files below the root, relative to it. */
  get files(): IterableIterator<string> {
    return this.#blobs.keys();
  }

  isTracked(path: string): boolean {
    return this.#blobs.has(path);
  }

  /** Whether another commit or branch is checked out than before; from then on that one counts. */
  headMoved(): string | null {
    const now = headOf(this.gitDir);
    if (now === this.#head) return null;
    const how = `from ${this.#head} to ${now}`;
    this.#head = now;
    return how;
  }

  /** Whether something else is staged than before. Only reading the index anew costs. */
  indexChanged(): boolean {
    const now = stamp(join(this.gitDir, 'index'));
    if (now === this.#indexStat) return false;
    this.#indexStat = now;
    const listing = list(this.#root, this.#env);
    if (listing === null || listing.text === this.#index) return false;
    this.#index = listing.text;
    return true;
  }

  /** Which of these tracked files hold something else than before; that then counts as before. */
  changed(paths: readonly string[]): ReadonlyMap<string, 'changed' | 'removed'> {
    const found = new Map<string, 'changed' | 'removed'>();
    for (const [path, blob] of hashes(this.#root, this.#env, paths)) {
      const before = this.#blobs.get(path);
      if (before === undefined || before === blob) continue;
      this.#blobs.set(path, blob);
      found.set(path, blob === GONE ? 'removed' : 'changed');
    }
    return found;
  }
}

interface Listing {
  /** All that git said, to compare. */
  readonly text: string;
  readonly blobs: ReadonlyMap<string, string>;
}

const GONE = '-';
/** Only files: a link's blob is where it leads, and a submodule has none. */
const FILE = /^(?:100644|100755) ([0-9a-f]+) \d\t(.+)$/s;

function list(root: string, env: Readonly<Record<string, string>>): Listing | null {
  const lines = askGit(root, env, ['ls-files', '--stage', '-z']);
  if (lines === null) return null;
  const blobs = new Map<string, string>();
  for (const line of lines) {
    const [, blob, path] = FILE.exec(line) ?? [];
    if (blob !== undefined && path !== undefined) blobs.set(path, blob);
  }
  return { text: lines.join('\0'), blobs };
}

/**
 * The blob that git would make of each file as it is now, through the same filters; so a file that
 * was written again with what it held is not changed.
 */
function hashes(
  root: string,
  env: Readonly<Record<string, string>>,
  paths: readonly string[],
): Map<string, string> {
  const found = new Map<string, string>();
  const there: string[] = [];
  for (const path of paths) {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (stat?.isFile() === true && !path.includes('\n')) there.push(path);
    else if (stat === undefined) found.set(path, GONE);
  }
  if (there.length === 0) return found;
  const input = `${there.join('\n')}\n`;
  const hashed = askGit(root, env, ['hash-object', '--stdin-paths'], input)?.join('').split('\n');
  for (const [index, path] of there.entries()) {
    const blob = hashed?.[index];
    if (blob !== undefined && blob !== '') found.set(path, blob);
  }
  return found;
}

/** What is checked out: the branch and its commit (gitrepository-layout(5)). */
function headOf(gitDir: string): string {
  const head = textOf(join(gitDir, 'HEAD'));
  const ref = /^ref: (.+)$/.exec(head)?.[1];
  if (ref === undefined) return head.slice(0, 12);
  const common = resolve(gitDir, textOf(join(gitDir, 'commondir')) || '.');
  const loose = textOf(join(common, ref));
  const packed = textOf(join(common, 'packed-refs'))
    .split('\n')
    .find((line) => line.endsWith(` ${ref}`));
  const commit = loose === '' ? (packed ?? '') : loose;
  return `${ref.replace(/^refs\/heads\//, '')} (${commit.slice(0, 12)})`;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (isSystemError(error)) return '';
    throw error;
  }
}

function stamp(file: string): string {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.ino} ${stat.size} ${stat.mtimeNs}`;
}
