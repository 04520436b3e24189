import { spawn } from 'node:child_process';
import { type Ending } from '../core/ending.ts';
import { describeFault, environmentError } from '../core/errors.ts';
import type { ListContext, ProcessResult, RunOptions } from '../frameworks/framework.ts';
import { signalProcess } from '../process/proc-stat.ts';

const DEFAULT_TIMEOUT_MS = 300_000;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/** What listing a suite gets from the run: an environment, a place, and a way to ask a program. */
export function makeListContext(options: {
  readonly env: Readonly<Record<string, string>>;
  readonly scratch: string;
  readonly signal: AbortSignal;
  say(line: string): void;
}): ListContext {
  return {
    env: options.env,
    scratch: options.scratch,
    signal: options.signal,
    say: (line) => options.say(line),
    run: (argv, how) => runHelper(argv, how, options.env, options.signal),
  };
}

/**
 * Runs a program to its end in a process group of its own, its output kept up to a bound; on its
 * time limit or an abort the whole group is killed.
 */
async function runHelper(
  argv: readonly [string, ...string[]],
  how: RunOptions,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ProcessResult> {
  signal.throwIfAborted();
  const [command, ...args] = argv;
  const child = spawn(command, args, {
    cwd: how.cwd,
    env: { ...env, ...how.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let timedOut = false;
  const kill = (): void => {
    if (child.pid !== undefined) signalProcess(-child.pid, 'SIGKILL');
  };
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, how.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  signal.addEventListener('abort', kill, { once: true });
  try {
    const limit = how.maxBytes ?? DEFAULT_MAX_BYTES;
    const [stdout, stderr, ending] = await Promise.all([
      collect(child.stdout, limit),
      collect(child.stderr, limit),
      new Promise<Ending>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code, by) => {
          resolve(
            by === null ? { exitCode: code ?? 0, signal: null } : { exitCode: null, signal: by },
          );
        });
      }),
    ]);
    signal.throwIfAborted();
    return { ending, stdout, stderr, timedOut };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw environmentError(
      'helper-failed',
      `Pindown could not run ${argv.join(' ')} in ${how.cwd}: ${describeFault(error)}.`,
      `It needs that program to find the suite's units. Is it installed and on PATH?`,
      error,
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}

async function collect(stream: NodeJS.ReadableStream, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const buffer = Buffer.from(chunk);
    if (bytes < limit) chunks.push(buffer.subarray(0, limit - bytes));
    bytes += buffer.length;
  }
  return Buffer.concat(chunks).toString('utf8');
}
