import { createHash } from 'node:crypto';
import { linkBlob } from './blobs.ts';
import { type GitPlace, askGit } from './git.ts';

/** The repository of git that a project lies in. */
export interface Repository {
  /** The working tree's top, real: there git is asked, and to it all paths are relative. */
  readonly place: GitPlace;
  /** Where the project is below it: empty, or a path with a `/` at its end. */
  readonly prefix: string;
  /** Of this working tree; a worktree and a submodule have their own. */
  readonly gitDir: string;
  /** What its ids are made with. */
  readonly algorithm: 'sha1' | 'sha256';
}

/** Null where the root is in no working tree of git, or git can't be asked. */
export function findRepository(
  root: string,
  env: Readonly<Record<string, string>>,
): Repository | null {
  const answer = askGit({ cwd: root, env }, [
    'rev-parse',
    '--absolute-git-dir',
    '--show-toplevel',
    '--show-prefix',
    '--show-object-format',
  ]);
  const [gitDir, top, prefix, format] = answer?.split('\n') ?? [];
  if (gitDir === undefined || top === undefined || prefix === undefined) return null;
  const algorithm = format === 'sha256' ? format : 'sha1';
  return { place: { cwd: top, env }, prefix, gitDir, algorithm };
}

/** What is staged of a project. */
export interface Listing {
  /** Of all that is staged, to compare. */
  readonly hash: string;
  /** The tracked files and the blob of each. */
  readonly blobs: Map<string, string>;
}

/** `100644 BLOB STAGE<tab>PATH`; a submodule (160000) has no blob. */
const ENTRY = /^(100644|100755|120000) ([0-9a-f]+) \d\t(.+)$/s;
/** What stands in a name for bytes that are no UTF-8: such a file can't be found by it. */
const NOT_UTF8 = '\uFFFD';

/** Null where git can't tell. */
export function listStaged({ place, prefix }: Repository): Listing | null {
  const text = askGit(place, ['ls-files', '--stage', '-z', '--', ...below(prefix)]);
  if (text === null) return null;
  const blobs = new Map<string, string>();
  for (const entry of text.split('\0')) {
    const [, mode, id, path] = ENTRY.exec(entry) ?? [];
    if (id === undefined || path === undefined || path.includes(NOT_UTF8)) continue;
    blobs.set(path, mode === '120000' ? linkBlob(id) : id);
  }
  return { hash: createHash('sha1').update(text).digest('hex'), blobs };
}

/**
 * The tracked files that may hold something else than what is staged, by their size and times. A
 * copy of the tree (a container's, a restored cache) has other inodes, and times in seconds.
 */
export function suspectedFiles({ place, prefix }: Repository): readonly string[] | null {
  const text = askGit(
    place,
    ['diff-files', '--name-only', '--ignore-submodules', '-z', '--', ...below(prefix)],
    { 'core.checkStat': 'minimal', 'core.trustctime': 'false' },
  );
  return text === null ? null : text.split('\0').filter((path) => path !== '');
}

/** A path as it stands, without the meaning that gitglossary(7) gives to some characters. */
function below(prefix: string): string[] {
  return prefix === '' ? [] : [`:(top,literal)${prefix}`];
}
