/**
 * Functions of the C library as they are: -1 for a failure, which {@link Libc.errno} explains.
 * `prctl`, `fcntl` and `syscall` take a variable number of arguments in C; on the machines that we
 * know, those travel as those of any function do (x86-64 psABI 3.5.7, AAPCS64 on Linux).
 */
export interface Libc {
  readonly via: 'node:ffi' | 'koffi';
  getpid(): number;
  /** @param argument a number, or memory for an answer */
  prctl(option: number, argument: bigint | Buffer): number;
  waitpid(pid: number, status: Buffer, options: number): number;
  waitid(idType: number, id: number, info: Buffer, options: number): number;
  fcntl(fd: number, command: number, argument: Buffer): number;
  getrlimit(resource: number, limits: Buffer): number;
  setrlimit(resource: number, limits: Buffer): number;
  /** syscall(2), for calls that older C libraries have no function for. */
  syscall(number: number, first: number, second: number, third: number, fourth: number): number;
  /** Why the last call failed; to be read at once, before anything else can set it. errno(3). */
  errno(): number;
  /** malloc_trim(3), which is glibc's: null where the library is another. */
  trimming(): ((keep: bigint) => number) | null;
  /** Null where the library lacks one of them. */
  spawning(): SpawnFunctions | null;
}

/** posix_spawn(3) and what belongs to it: each gives 0 or an errno, but for the last. */
export interface SpawnFunctions {
  spawn(
    pid: Buffer,
    path: Buffer,
    actions: Buffer,
    attributes: Buffer,
    argv: Buffer,
    environment: Buffer,
  ): number;
  attributesInit(attributes: Buffer): number;
  attributesSetFlags(attributes: Buffer, flags: number): number;
  attributesSetSignalDefault(attributes: Buffer, signals: Buffer): number;
  attributesSetSignalMask(attributes: Buffer, signals: Buffer): number;
  actionsInit(actions: Buffer): number;
  actionsDestroy(actions: Buffer): number;
  actionsAddOpen(actions: Buffer, fd: number, path: Buffer, flags: number, mode: number): number;
  actionsAddDuplicate(actions: Buffer, fd: number, as: number): number;
  /** Null where the library lacks it: glibc has it from 2.34 on, musl not yet. */
  readonly actionsAddCloseFrom: ((actions: Buffer, from: number) => number) | null;
  actionsAddChangeDirectory(actions: Buffer, path: Buffer): number;
  /** Where the memory lies. */
  addressOf(memory: Buffer): bigint;
}
