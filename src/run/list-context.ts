import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { environmentError } from '../core/errors.ts';
import { headOf } from '../core/file-ends.ts';
import { uuidv7 } from '../core/ids.ts';
import type { ListContext, ProcessResult, RunOptions } from '../frameworks/framework.ts';
import type { EndedByUs } from '../outcome/judge.ts';
import { LINEAGE } from '../process/lineage.ts';
import { SpawnFailure } from '../process/spawn-failure.ts';
import { Supervised } from '../process/supervised.ts';
import type { Tier } from '../process/tier/tier.ts';
import { attemptVariables } from '../sandbox/environment.ts';
import { StallCare } from './stall-care.ts';

const DEFAULT_TIMEOUT_MS = 300_000;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/** A program that was asked for units has nothing to lose when it is ended. */
const GRACE_MS = 1_000;

export interface ListContextOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly runId: string;
  readonly tier: Tier;
  readonly scratch: string;
  readonly hangs: ListHangs;
  readonly signal: AbortSignal;
  say(line: string): void;
}

/** How programs that don't come to their end are looked at. */
interface ListHangs {
  /** After so long without any movement, milliseconds. */
  readonly afterMs: number;
  /** Where what is seen of them is kept, a directory each; absolute, need not exist. */
  readonly dir: string;
  /** Told what one of them waited for, in words, when it was ended. */
  onStall(words: string): void;
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
 * Runs a program to its end, held and settled as an attempt is. On its time limit, an abort or where
 * nothing in it can go on, it is looked at and ended, and whatever of it stays behind, too.
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
  const care = new StallCare(child, {
    argv,
    afterMs: context.hangs.afterMs,
    dir: join(context.hangs.dir, token),
    outputs: [stdoutFile, stderrFile],
    warn: (message) => context.say(message),
  });
  let timedOut = false;
  const stop = (cause: EndedByUs): void => {
    timedOut ||= cause.kind !== 'cancelled';
    void care.end(cause, GRACE_MS);
  };
  void care.standsStill.then(stop);
  const limitMs = how.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const over: EndedByUs = { kind: 'time-limit', limitMs, windowMs: 0, progress: [NOT_ASKED] };
  const timer = setTimeout(() => stop(over), limitMs);
  const cancel = (): void => stop({ kind: 'cancelled', because: 'interrupted' });
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    const ending = await child.ended;
    await care.over();
    const { leaks } = await child.settle(GRACE_MS);
    for (const { pid, command, endedBy } of leaks) {
      context.say(`${argv[0]} left pid ${pid} (${command}) behind; ended by ${endedBy}`);
    }
    const words = care.words();
    if (words !== null) context.hangs.onStall(`${argv[0]} did not come to its end: ${words}`);
    signal.throwIfAborted();
    const limit = how.maxBytes ?? DEFAULT_MAX_BYTES;
    const stdout = headOf(stdoutFile, limit).toString('utf8');
    const stderr = headOf(stderrFile, limit).toString('utf8');
    return { ending, stdout, stderr, timedOut };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}

/** Of a program that is over its limit it makes no difference whether it still moved. */
const NOT_ASKED = 'nobody looked';

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
