import { constants } from 'node:os';
import type { Libc } from './libc.ts';

const WNOHANG = 1;

/**
 * Why a way to the C library is not to be trusted; null where nothing speaks against it.
 * `node:ffi` is experimental and has changed how functions are described before, and a wrong
 * description answers with nonsense rather than with an error. So it has to give one right answer
 * and one right errno: nobody is a child of its own.
 */
export function disproofOf(libc: Libc): string | null {
  const pid = libc.getpid();
  if (pid !== process.pid) return `getpid() gives ${pid} instead of ${process.pid}`;
  const answer = libc.waitpid(pid, Buffer.alloc(4), WNOHANG);
  const errno = answer === -1 ? libc.errno() : 0;
  return errno === constants.errno.ECHILD
    ? null
    : `waitpid() of our own pid gives ${answer} with errno ${errno}`;
}
