import type { Ending } from '../../core/ending.ts';
import type { PosixSpawn } from './posix-spawn.ts';

/**
 * The few system calls that containment needs and Node does not offer. Linux only.
 *
 * A process whose parent ends goes to the nearest ancestor that has made itself a subreaper
 * (`prctl(2)`), so that nothing that an attempt starts can leave us. What is adopted so must also
 * be reaped by us, and here two rules hold:
 *
 * - **By pid, never with -1** (nor with 0 or a group). The children that `node:child_process`
 *   starts are ours, too, and libuv waits for each of them by its pid when `SIGCHLD` comes. A wait
 *   for anybody would now and then take the ending of such a child away from libuv, which then
 *   finds `ECHILD`, and its `exit` event never comes. For the same reason nobody may call
 *   {@link waitPid} with the pid of a child of Node's; {@link peekChild} leaves what it sees. What
 *   {@link posixSpawn} starts is no child of Node's.
 * - **Never blocking** (`WNOHANG`). A wait on the only thread of JavaScript would stop timers,
 *   output and Ctrl-C until the process ends, and the one that is waited for may be one that never
 *   does. `process.on('SIGCHLD')` says when it is worth to look again; signals of a kind merge into
 *   one, so that after each all of the adopted are to be asked.
 *
 * Every method throws {@link SystemCallError} (its `code` is the name of the errno) for what its
 * answer has no word for.
 */
export interface SystemCalls {
  /** What the calls go through. */
  readonly via: 'node:ffi' | 'koffi';

  /**
   * Makes this process the one that adopts the orphans among its descendants, or ends that. Not
   * inherited by children. PR_SET_CHILD_SUBREAPER(2const), Linux 3.4.
   */
  setChildSubreaper(on: boolean): void;

  /** Whether this process adopts its orphans. PR_GET_CHILD_SUBREAPER(2const). */
  isChildSubreaper(): boolean;

  /**
   * Reaps an adopted child if it has ended. Never for one that `node:child_process` started: see
   * above. waitpid(2) with WNOHANG.
   *
   * @throws RangeError unless it is the pid of one process
   */
  waitPid(pid: number): WaitAnswer<'reaped'>;

  /**
   * Looks at a child, of whatever origin, and leaves it to be reaped. waitid(2) with WNOWAIT.
   *
   * @throws RangeError unless it is the pid of one process
   */
  peekChild(pid: number): WaitAnswer<'ended'>;

  /** This process's own RLIMIT_RTTIME, microseconds; RLIM_INFINITY is 2^64 - 1. getrlimit(2). */
  realTimeLimit(): Limit;

  /** Changes it, for this process and what it forks from now on. setrlimit(2). */
  setRealTimeLimit(limit: Limit): void;

  /**
   * Locks the whole file, or changes the lock that the descriptor has; `busy` where somebody else's
   * is in the way. The descriptor must be open for writing for an exclusive lock and for reading
   * for a shared one (`EBADF`).
   *
   * The lock belongs to what the file was opened as, not to the process (`F_OFD_SETLK`,
   * F_OFD_SETLK(2const), Linux 3.15): two opens exclude each other within one process, too, and it
   * is gone when the last descriptor of this open is closed, at the latest when its holder dies.
   * A fork copies descriptors, so a child that is just being started may hold it until its exec.
   */
  openFileLock(fd: number, kind: 'exclusive' | 'shared'): 'locked' | 'busy';

  /**
   * Whether somebody else's lock is in the way of an exclusive one, without taking it, so that
   * nobody is turned away by one who only looks. The answer may be old when it comes.
   * F_OFD_GETLK(2const).
   */
  isFileLocked(fd: number): boolean;

  /** Gives the lock of {@link openFileLock} back; nothing happens where there is none. */
  openFileUnlock(fd: number): void;

  /**
   * A descriptor that stands for the process for good, whoever has its pid later; `gone` where
   * there is no such process (a zombie is one). What the pid was known from may be older than the
   * process that has it now: compare the start time after this call, before the first signal.
   * Closed with `fs.closeSync`. pidfd_open(2), Linux 5.3.
   *
   * @throws RangeError unless it is the pid of one process
   */
  pidfdOpen(pid: number): number | 'gone';

  /**
   * Signals the process that the descriptor stands for, and never another; 0 only asks. `gone`: it
   * was reaped. `refused`: it is not ours (`EPERM`). A zombie takes every signal and stays one.
   * pidfd_send_signal(2), Linux 5.1.
   */
  pidfdSendSignal(pidfd: number, signal: NodeJS.Signals | 0): 'sent' | 'gone' | 'refused';

  /**
   * Gives memory that is free by now back to the machine, which glibc's allocator keeps; a
   * millisecond or less. Nothing happens where the C library is another. malloc_trim(3).
   */
  releaseMemory(): void;

  /** How to start a process without a copy of this one; null where the C library lacks it. */
  posixSpawn(): PosixSpawn | null;

  /** Asks the kernel for each of these calls, without a trace: an old one or a filter lacks some. */
  missing(): readonly MissingCall[];
}

/** What counts, and up to where it may be raised. */
export interface Limit {
  readonly soft: bigint;
  readonly hard: bigint;
}

/** What the kernel says of a child. `not-a-child`: another's, reaped already, or nobody (ECHILD). */
export type WaitAnswer<Ended extends string> =
  | { readonly kind: 'running' }
  | { readonly kind: Ended; readonly ending: Ending }
  | { readonly kind: 'not-a-child' };

/** A system call that this machine refuses, and its answer. */
export interface MissingCall {
  readonly call: string;
  readonly because: string;
}

/** There is no way to the system calls on this machine. */
export interface Unavailable {
  readonly via: null;
  /** A sentence for people. */
  readonly because: string;
}
