import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { environmentError, type PindownError } from '../core/errors.ts';

/**
 * The shell opens the file and becomes `cat`: it forks nothing while it has the descriptor, so
 * nobody can come by a copy, and with its end the last writer is gone. The kernel drops the
 * descriptors of a process before it lets the parent know of the end (`do_exit` in kernel/exit.c).
 */
const SCRIPT = 'exec cat >"$1"';

/**
 * Has a child process write a file that is there already. Rejects with a `PindownError`
 * (`executable-not-written`) where the child fails.
 */
export async function writeByChild(path: string, bytes: Uint8Array): Promise<void> {
  const faults: unknown[] = [];
  try {
    const writing = run('/bin/sh', ['-c', SCRIPT, 'sh', path], { env: environment() });
    // A child that ends before it has read all breaks the pipe, and says itself why it ended.
    writing.child.stdin?.on('error', (error) => faults.push(error));
    writing.child.stdin?.end(bytes);
    await writing;
  } catch (error) {
    faults.unshift(error);
  }
  if (faults.length > 0) throw notWritten(path, faults);
}

const run = promisify(execFile);

/** The standard places first: an empty `PATH` would mean the working directory. */
function environment(): Record<string, string> {
  const own = process.env['PATH'];
  return { PATH: ['/usr/bin', '/bin', ...(own ? [own] : [])].join(':'), LC_ALL: 'C' };
}

function notWritten(path: string, faults: readonly unknown[]): PindownError {
  const [first] = faults;
  const why = first instanceof Error ? first.message.trim() : String(first);
  return environmentError(
    'executable-not-written',
    `A child process could not write ${path}: ${why}`,
    "If there is room, and no such limit: { via: 'self' } needs neither sh nor cat.",
    faults.length > 1 ? new AggregateError(faults, why) : first,
  );
}
