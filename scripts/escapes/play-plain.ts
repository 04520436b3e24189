import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { plainEnvironment } from '../../test/plain-environment.ts';
import { type EscapeSuite, type Peer } from '../../test/process/tier/escape-suite.ts';
import { endTrue, isHeld, isThere, readTruth } from '../../test/process/tier/truth.ts';

/** A runner that has not ended after so long waits for what its test left; milliseconds. */
const PATIENCE_MS = 20_000;

/** What is there after a runner's own end. */
export interface PlainResult {
  /** Null: it did not end. */
  readonly status: number | null;
  /** How many processes that its test started still lived. */
  readonly left: number;
}

/** Runs a suite by its framework alone, and ends what that leaves. */
export async function playPlain(peer: Peer, suite: EscapeSuite): Promise<PlainResult> {
  const status = await run(peer.command, suite, PATIENCE_MS);
  const held = isHeld(suite.truth);
  const left = readTruth(suite.truth).filter(isThere);
  await endAll(suite);
  return { status, left: left.length + (held ? 1 : 0) };
}

/** Runs a command in a suite's directory; null where it had to be killed. */
export async function run(
  [command, ...args]: readonly [string, ...string[]],
  { dir }: EscapeSuite,
  patienceMs: number,
): Promise<number | null> {
  // Into files: with a pipe, what was left could keep us waiting, too.
  const output = openSync(join(dir, 'output'), 'w');
  const child = spawn(command, args, {
    cwd: dir,
    stdio: ['ignore', output, output],
    env: {
      ...plainEnvironment,
      PATH: `${join(dir, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    },
    timeout: patienceMs,
    killSignal: 'SIGKILL',
  });
  const [status] = (await once(child, 'exit')) as [number | null];
  return status;
}

/** Ends all that the suite's program has left, however often that starts itself anew. */
export async function endAll({ truth }: EscapeSuite): Promise<void> {
  let left = readTruth(truth).filter(isThere);
  while (left.length > 0) {
    for (const one of left) endTrue(one);
    await new Promise((resolve) => setTimeout(resolve, 100));
    left = readTruth(truth).filter(isThere);
  }
  // What runs away ends without it.
  rmSync(truth);
}
