import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { PindownError } from '../../core/errors.ts';
import type { Lease } from '../../lease/lease.ts';
import { spawnFailure } from '../../process/spawn-failure.ts';
import type { Io } from '../io.ts';
import { forwardSignals } from './forward-signals.ts';

/** As a shell says it, and env(1), and timeout(1). */
const NOT_FOUND = 127;
const NOT_STARTED = 126;
const BY_SIGNAL = 128;

/**
 * Runs a command for as long as it takes, with a permit held.
 *
 * The command inherits the descriptor that holds the permit (as 3). So a `kill -9` of Pindown does
 * not give away what the command still uses: the permit is free when the command has ended, and all
 * that it started and that kept the descriptor. When the command ends while Pindown lives, Pindown
 * releases, and what the command has left behind keeps nothing. With `files` there is no such
 * descriptor, and a permit ends with Pindown.
 *
 * @returns the command's exit status, or 128 and the number of the signal that ended it
 * @throws PindownError `command-not-started` (exit status 127 or 126)
 */
export async function runUnderLease(
  lease: Lease,
  [program = '', ...args]: readonly string[],
  io: Io,
): Promise<number> {
  const { descriptor, token, slot } = lease;
  const env = {
    ...io.env,
    PINDOWN_LEASE_TOKEN: String(token),
    PINDOWN_LEASE_SLOT: String(slot),
  };
  const inherited = descriptor === null ? [] : [descriptor];
  const child = spawn(program, args, {
    cwd: io.cwd,
    env,
    stdio: ['inherit', 'inherit', 'inherit', ...inherited],
  });
  const stop = forwardSignals(child);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', (error) => reject(notStarted(program, io.cwd, error)));
      child.once('exit', (code, signal) =>
        resolve(signal === null ? (code ?? 0) : BY_SIGNAL + constants.signals[signal]),
      );
    });
  } finally {
    stop();
  }
}

function notStarted(command: string, cwd: string, error: Error): PindownError {
  const { fault, message } = spawnFailure({ command, cwd, error });
  return new PindownError('command-not-started', `The command was not started: ${message}.`, {
    exitCode: fault.code === 'ENOENT' ? NOT_FOUND : NOT_STARTED,
    hint: 'The lease was released.',
    cause: error,
  });
}
