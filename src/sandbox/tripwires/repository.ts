import { type GitPlace, askGit } from './git.ts';
import { Listing } from './listing.ts';

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
  const [gitDir, top, prefix, format] = answer?.toString().split('\n') ?? [];
  if (gitDir === undefined || top === undefined || prefix === undefined) return null;
  const algorithm = format === 'sha256' ? format : 'sha1';
  return { place: { cwd: top, env }, prefix, gitDir, algorithm };
}

/** Null where git can't tell. */
export function listStaged({ place, prefix, algorithm }: Repository): Listing | null {
  const bytes = askGit(place, ['ls-files', '--stage', '-z', '--', ...below(prefix)]);
  return bytes === null ? null : new Listing(bytes, algorithm === 'sha1' ? 40 : 64);
}

/**
 * The tracked files that may hold something else than what is staged, by their size and times. A
 * copy of the tree (a container's, a restored cache) has other inodes, and times in seconds.
 */
export function suspectedFiles({ place, prefix }: Repository): readonly string[] | null {
  const bytes = askGit(
    place,
    ['diff-files', '--name-only', '--ignore-submodules', '-z', '--', ...below(prefix)],
    { 'core.checkStat': 'minimal', 'core.trustctime': 'false' },
  );
  if (bytes === null) return null;
  const paths = bytes.toString().split('\0');
  return paths.filter((path) => path !== '');
}

/** A path as it stands, without the meaning that gitglossary(7) gives to some characters. */
function below(prefix: string): string[] {
  return prefix === '' ? [] : [`:(top,literal)${prefix}`];
}
