import { spawnSync } from 'node:child_process';

/** Asking takes as long as the repository is large; so much is waited for. */
const TIMEOUT_MS = 30_000;
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * What git prints, NUL between its parts; null where it is not installed, refuses or fails. It is
 * asked in a way that changes nothing: no lock is taken, no daemon or hook started. It is waited
 * for on the spot, so that nobody else can reap it.
 */
export function askGit(
  cwd: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  input?: string,
): string[] | null {
  const { status, stdout } = spawnSync(
    'git',
    ['--no-optional-locks', '-c', 'core.fsmonitor=false', '-c', 'core.quotepath=false', ...args],
    {
      cwd,
      env: { ...env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
      maxBuffer: MOST_BYTES,
      stdio: ['pipe', 'pipe', 'ignore'],
      ...(input === undefined ? {} : { input }),
    },
  );
  if (status !== 0) return null;
  return stdout.split('\0').filter((part) => part !== '');
}
