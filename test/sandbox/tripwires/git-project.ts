import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suiteEnvironment } from '../../../src/sandbox/environment.ts';
import { scratchDirectory } from '../../report/scratch.ts';

const scratch = realpathSync(scratchDirectory());

/** The environment of all git here: nobody's configuration but that of the repository. */
export const gitEnv: Readonly<Record<string, string>> = {
  ...suiteEnvironment(process.env, { ownRoot: '', projectRoot: '' }),
  HOME: scratch,
  XDG_CONFIG_HOME: scratch,
  GIT_CONFIG_NOSYSTEM: '1',
};

/** A directory in a scratch directory of this test file. */
export function emptyDirectory(): string {
  return mkdtempSync(join(scratch, 'd-'));
}

export function writeFiles(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
}

/** Runs git there and returns what it prints. */
export function git(dir: string, ...args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: dir,
    env: gitEnv,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A repository with one commit of these files. */
export function repositoryOf(
  files: Readonly<Record<string, string>>,
  dir: string = emptyDirectory(),
): string {
  writeFiles(dir, files);
  git(dir, 'init', '--quiet', '--initial-branch', 'main');
  git(dir, 'config', 'user.name', 'A');
  git(dir, 'config', 'user.email', 'a@example.org');
  git(dir, 'config', 'core.autocrlf', 'false');
  git(dir, 'config', 'protocol.file.allow', 'always');
  commitAll(dir);
  return dir;
}

export function commitAll(dir: string): void {
  git(dir, 'add', '--all');
  git(dir, 'commit', '--quiet', '--allow-empty', '--message', 'all');
}
