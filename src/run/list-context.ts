import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { environmentError } from '../core/errors.ts';
import { headOf } from '../core/file-ends.ts';
import { uuidv7 } from '../core/ids.ts';
import type { ListContext, ProcessResult, RunOptions } from '../frameworks/framework.ts';
import { LINEAGE } from '../process/lineage.ts';
import { SpawnFailure } from '../process/spawn-failure.ts';
import { Supervised } from '../process/supervised.ts';
import type { Tier } from '../process/tier/tier.ts';
import { attemptVariables } from '../sandbox/environment.ts';

const DEFAULT_TIMEOUT_MS = 300_000;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/** A program that was asked for units has nothing to lose when it is ended. */
const GRACE_MS = 1_000;

export interface ListContextOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly runId: string;
  readonly tier: Tier;
  readonly scratch: string;
  readonly signal: AbortSignal;
  say(line: string): void;
}

/** What listing a suite gets from the run: an environment, a place, and a way to ask a program. */
export function makeListContext(options: ListContextOptions): ListContext {
  return {
    env: options.env,
    scratch: options.scratch,
    signal: options.signal,
    say: (line) => options.say(line),
    run: (argv, how) => runHelper(argv, how, options),
  };
}

/**
 * Runs a program to its end, held and settled as an attempt is. On its time limit or an abort it is
 * ended, and whatever of it stays behind, too.
 */
async function runHelper(
  argv: readonly [string, ...string[]],
  how: RunOptions,
  context: ListContextOptions,
): Promise<ProcessResult> {
  const { signal } = context;
  signal.throwIfAborted();
  const token = `list-${uuidv7()}`;
  const dir = join(context.scratch, token);
  mkdirSync(dir);
  const stdoutFile = join(dir, 'stdout.log');
  const stderrFile = join(dir, 'stderr.log');
  const child = await started(argv, how, { token, stdoutFile, stderrFile }, context);
  const end = (): void => child.end(GRACE_MS);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, how.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    const ending = await child.ended;
    const { leaks } = await child.settle(GRACE_MS);
    for (const { pid, command, endedBy } of leaks) {
      context.say(`${argv[0]} left pid ${pid} (${command}) behind; ended by ${endedBy}`);
    }
    signal.throwIfAborted();
    const limit = how.maxBytes ?? DEFAULT_MAX_BYTES;
    const stdout = headOf(stdoutFile, limit).toString('utf8');
    const stderr = headOf(stderrFile, limit).toString('utf8');
    return { ending, stdout, stderr, timedOut };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

async function started(
  argv: readonly [string, ...string[]],
  how: RunOptions,
  own: { readonly token: string; readonly stdoutFile: string; readonly stderrFile: string },
  context: ListContextOptions,
): Promise<Supervised> {
  const { token, stdoutFile, stderrFile } = own;
  const variables = attemptVariables({
    runId: context.runId,
    token,
    slot: 0,
    outerLineage: context.env[LINEAGE],
  });
  try {
    const env = { ...context.env, ...variables, ...how.env };
    return await Supervised.start(
      { argv, cwd: how.cwd, env, stdoutFile, stderrFile },
      context.tier,
      token,
    );
  } catch (error) {
    if (!(error instanceof SpawnFailure)) throw error;
    throw environmentError(
      'helper-failed',
      `Pindown could not run ${argv.join(' ')} in ${how.cwd}: ${error.message}.`,
      `It needs that program to find the suite's units. Is it installed and on PATH?`,
      error,
    );
  }
}
