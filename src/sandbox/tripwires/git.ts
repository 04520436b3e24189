import { spawnSync } from 'node:child_process';

/** Asking takes as long as the repository is large; so much is waited for. */
const TIMEOUT_MS = 30_000;
const MOST_BYTES = 512 * 1024 * 1024;

/** Where git is asked, and with what. */
export interface GitPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

interface GitQuestion {
  readonly input?: string;
  /** Configuration for this question, see git-config(1). */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Asks git in a way that changes nothing: no lock is taken, no daemon or hook started. It is waited
 * for on the spot, so that nobody else can reap it.
 *
 * @returns its exit status, null where it is not installed or took too long, and what it printed
 */
export function runGit(
  { cwd, env }: GitPlace,
  args: readonly string[],
  { input = '', settings = {} }: GitQuestion = {},
): { readonly status: number | null; readonly stdout: Buffer } {
  const { status, stdout } = spawnSync(
    'git',
    ['--no-optional-locks', ...assigned({ 'core.fsmonitor': 'false', ...settings }), ...args],
    {
      cwd,
      env: { ...env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
      timeout: TIMEOUT_MS,
      maxBuffer: MOST_BYTES,
      stdio: ['pipe', 'pipe', 'ignore'],
      input,
    },
  );
  return { status, stdout: stdout ?? Buffer.alloc(0) };
}

/** What git prints; null where it is not installed, refuses or fails. */
export function askGit(
  place: GitPlace,
  args: readonly string[],
  settings: GitQuestion['settings'] = {},
): Buffer | null {
  const { status, stdout } = runGit(place, args, { settings });
  return status === 0 ? stdout : null;
}

function assigned(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
