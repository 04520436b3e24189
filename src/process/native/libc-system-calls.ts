import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import type { Libc } from './libc.ts';
import { PosixSpawn } from './posix-spawn.ts';
import { errnoName, SystemCallError } from './system-call-error.ts';
import type { Limit, MissingCall, SystemCalls, WaitAnswer } from './system-calls.ts';
import { endingOfSiginfo, endingOfStatus } from './wait-status.ts';

/** From the kernel's headers in `include/uapi`; the same on x86-64 and arm64. */
const PR_SET_CHILD_SUBREAPER = 36;
const PR_GET_CHILD_SUBREAPER = 37;
const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x01000000;
const P_PID = 1;
const F_OFD_GETLK = 36;
const F_OFD_SETLK = 37;
const LOCK_TYPES = { shared: 0, exclusive: 1, none: 2 } as const;
const RLIMIT_RTTIME = 15;
const SYS_PIDFD_SEND_SIGNAL = 424;
const SYS_PIDFD_OPEN = 434;

/** `siginfo_t` is the largest of what the kernel writes for us: 128 bytes. */
const LARGEST = 128;
const SIGINFO = { code: 8, pid: 16, status: 24 } as const;
/**
 * `struct flock` where `off_t` has 64 bits: 32 bytes, the type in the first two. Its process id
 * must be 0 for these locks.
 */
const FLOCK_TYPE = 0;

const { EACCES, EAGAIN, ECHILD, EPERM, ESRCH } = constants.errno;

/** The system calls over a C library: numbers, memory layouts, and what the answers mean. */
export class LibcSystemCalls implements SystemCalls {
  readonly via: Libc['via'];
  readonly #libc: Libc;
  /**
   * What a call writes its answer into. A view on an ArrayBuffer of its own: V8 keeps a small typed
   * array that has none in its heap, where it moves.
   */
  readonly #memory: Buffer = Buffer.from(new ArrayBuffer(LARGEST));

  #posixSpawn: PosixSpawn | null | undefined;
  #trim: ReturnType<Libc['trimming']> | undefined;

  constructor(libc: Libc) {
    this.#libc = libc;
    this.via = libc.via;
  }

  posixSpawn(): PosixSpawn | null {
    if (this.#posixSpawn === undefined) {
      const functions = this.#libc.spawning();
      this.#posixSpawn = functions === null ? null : new PosixSpawn(functions);
    }
    return this.#posixSpawn;
  }

  releaseMemory(): void {
    if (this.#trim === undefined) this.#trim = this.#libc.trimming();
    this.#trim?.(0n);
  }

  setChildSubreaper(on: boolean): void {
    if (this.#libc.prctl(PR_SET_CHILD_SUBREAPER, on ? 1n : 0n) === -1) {
      this.#fail('prctl', 'PR_SET_CHILD_SUBREAPER');
    }
  }

  isChildSubreaper(): boolean {
    if (this.#libc.prctl(PR_GET_CHILD_SUBREAPER, this.#cleared()) === -1) {
      this.#fail('prctl', 'PR_GET_CHILD_SUBREAPER');
    }
    return this.#memory.readInt32LE(0) !== 0;
  }

  waitPid(pid: number): WaitAnswer<'reaped'> {
    const answer = this.#libc.waitpid(onePid(pid), this.#cleared(), WNOHANG);
    if (answer === -1) return this.#notAChild('waitpid', pid);
    if (answer === 0) return { kind: 'running' };
    return { kind: 'reaped', ending: endingOfStatus(this.#memory.readInt32LE(0)) };
  }

  peekChild(pid: number): WaitAnswer<'ended'> {
    const info = this.#cleared();
    const answer = this.#libc.waitid(P_PID, onePid(pid), info, WEXITED | WNOHANG | WNOWAIT);
    if (answer === -1) return this.#notAChild('waitid', pid);
    if (info.readInt32LE(SIGINFO.pid) === 0) return { kind: 'running' };
    const ending = endingOfSiginfo(
      info.readInt32LE(SIGINFO.code),
      info.readInt32LE(SIGINFO.status),
    );
    return { kind: 'ended', ending };
  }

  realTimeLimit(): Limit {
    const limits = this.#cleared();
    if (this.#libc.getrlimit(RLIMIT_RTTIME, limits) === -1)
      this.#fail('getrlimit', 'RLIMIT_RTTIME');
    return { soft: limits.readBigUInt64LE(0), hard: limits.readBigUInt64LE(8) };
  }

  setRealTimeLimit({ soft, hard }: Limit): void {
    const limits = this.#cleared();
    limits.writeBigUInt64LE(soft, 0);
    limits.writeBigUInt64LE(hard, 8);
    if (this.#libc.setrlimit(RLIMIT_RTTIME, limits) === -1)
      this.#fail('setrlimit', 'RLIMIT_RTTIME');
  }

  openFileLock(fd: number, kind: 'exclusive' | 'shared'): 'locked' | 'busy' {
    if (this.#setLock(fd, kind)) return 'locked';
    const errno = this.#libc.errno();
    // POSIX allows either.
    if (errno === EAGAIN || errno === EACCES) return 'busy';
    throw new SystemCallError('fcntl', errno, `F_OFD_SETLK of descriptor ${fd}`);
  }

  isFileLocked(fd: number): boolean {
    const lock = this.#flock('exclusive');
    if (this.#libc.fcntl(fd, F_OFD_GETLK, lock) === -1) {
      this.#fail('fcntl', `F_OFD_GETLK of descriptor ${fd}`);
    }
    return lock.readInt16LE(FLOCK_TYPE) !== LOCK_TYPES.none;
  }

  openFileUnlock(fd: number): void {
    if (!this.#setLock(fd, 'none')) this.#fail('fcntl', `F_OFD_SETLK of descriptor ${fd}`);
  }

  pidfdOpen(pid: number): number | 'gone' {
    const pidfd = this.#libc.syscall(SYS_PIDFD_OPEN, onePid(pid), 0, 0, 0);
    if (pidfd !== -1) return pidfd;
    const errno = this.#libc.errno();
    if (errno === ESRCH) return 'gone';
    throw new SystemCallError('pidfd_open', errno, `pid ${pid}`);
  }

  pidfdSendSignal(pidfd: number, signal: NodeJS.Signals | 0): 'sent' | 'gone' | 'refused' {
    const number = signal === 0 ? 0 : constants.signals[signal];
    if (this.#libc.syscall(SYS_PIDFD_SEND_SIGNAL, pidfd, number, 0, 0) === 0) return 'sent';
    const errno = this.#libc.errno();
    if (errno === ESRCH) return 'gone';
    if (errno === EPERM) return 'refused';
    throw new SystemCallError('pidfd_send_signal', errno, `descriptor ${pidfd}`);
  }

  missing(): readonly MissingCall[] {
    const missing: MissingCall[] = [];
    const ask = (call: string, answer: number): void => {
      if (answer === -1) missing.push({ call, because: errnoName(this.#libc.errno()) });
    };
    ask('PR_SET_CHILD_SUBREAPER', this.#libc.prctl(PR_GET_CHILD_SUBREAPER, this.#cleared()));
    const anyFile = openSync('/proc/self/stat', 'r');
    try {
      ask('F_OFD_SETLK', this.#libc.fcntl(anyFile, F_OFD_GETLK, this.#flock('shared')));
    } finally {
      closeSync(anyFile);
    }
    const self = this.#libc.syscall(SYS_PIDFD_OPEN, process.pid, 0, 0, 0);
    ask('pidfd_open', self);
    if (self === -1) return missing;
    try {
      ask('pidfd_send_signal', this.#libc.syscall(SYS_PIDFD_SEND_SIGNAL, self, 0, 0, 0));
    } finally {
      closeSync(self);
    }
    return missing;
  }

  #setLock(fd: number, kind: keyof typeof LOCK_TYPES): boolean {
    return this.#libc.fcntl(fd, F_OFD_SETLK, this.#flock(kind)) !== -1;
  }

  /** From the file's start to its end, wherever that will be: all other fields are 0. */
  #flock(kind: keyof typeof LOCK_TYPES): Buffer {
    const lock = this.#cleared();
    lock.writeInt16LE(LOCK_TYPES[kind], FLOCK_TYPE);
    return lock;
  }

  #cleared(): Buffer {
    return this.#memory.fill(0);
  }

  #notAChild(call: string, pid: number): { readonly kind: 'not-a-child' } {
    const errno = this.#libc.errno();
    if (errno === ECHILD) return { kind: 'not-a-child' };
    throw new SystemCallError(call, errno, `pid ${pid}`);
  }

  #fail(call: string, on: string): never {
    throw new SystemCallError(call, this.#libc.errno(), on);
  }
}

/** For all of these calls 0 and the negative mean several processes, or any. */
function onePid(pid: number): number {
  if (Number.isInteger(pid) && pid > 0 && pid <= 0x7fffffff) return pid;
  throw new RangeError(`Expected the pid of one process, got ${pid}.`);
}
