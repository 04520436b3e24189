import { constants } from 'node:os';
import type { SystemError } from '../../core/errors.ts';

/** A system call of ours that failed in a way that nobody expected, as Node tells of its own. */
export class SystemCallError extends Error implements SystemError {
  override readonly name = 'SystemCallError';
  /** The name of the errno: `EPERM`. */
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;

  /** @param on what it was called for: `pid 17` */
  constructor(syscall: string, errno: number, on: string) {
    const code = errnoName(errno);
    super(`${code}: ${syscall} failed on ${on}`);
    this.code = code;
    this.errno = errno;
    this.syscall = syscall;
  }
}

/** `ECHILD` for 10: errno(3). `util.getSystemErrorName` knows only what libuv itself can meet. */
export function errnoName(errno: number): string {
  return NAMES.get(errno) ?? `errno ${errno}`;
}

/** Where two names share a number (EAGAIN, EWOULDBLOCK) the first of them, the usual one, counts. */
const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno)
    .toReversed()
    .map(([name, number]) => [number, name]),
);
