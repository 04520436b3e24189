import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { usageError } from '../core/errors.ts';

let counter = 0;

/**
 * A path beside the target that nobody else uses: told apart by process, thread and a counter, and
 * by a random part where several machines or containers share the directory and count pids each
 * for themselves. Throws a `PindownError` (`executable-name`) for a name with a directory in it.
 */
export function temporarySibling(dir: string, name: string): string {
  if (['', '.', '..'].includes(name) || basename(name) !== name || name.includes('\0')) {
    throw usageError('executable-name', `Expected the name of a file, got ${JSON.stringify(name)}`);
  }
  counter += 1;
  const unique = [process.pid, threadId, counter, randomBytes(6).toString('hex')].join('-');
  // Not the whole name: with it, one of 255 bytes would become too long.
  return join(dir, `.${name.slice(0, 32)}.${unique}.tmp`);
}
