import { readProcFile } from '../../process/proc-stat.ts';
import type { ObservedProcess } from '../observe/observation.ts';
import { readMemory } from '../observe/process-memory.ts';
import type { FutexFacts, FutexShape } from './wait.ts';

/** futex(2): the flags beside the command, and the commands. */
const PRIVATE = 0x80;
const CLOCK_REALTIME = 0x100;
const COMMAND = 0x7f;
const FUTEX_WAIT = 0;
const FUTEX_LOCK_PI = 6;
const FUTEX_WAIT_BITSET = 9;
const FUTEX_LOCK_PI2 = 13;
/** The word of a priority-inheriting lock has its owner in the lower bits (FUTEX_TID_MASK). */
const TID_MASK = 0x3fffffff;
/** Of glibc, and of others that are made like its locks: locked, and somebody waits. */
const CONTENDED = 2;
/** Rust's thread::park and what is built on it. */
const PARKED = 0xffffffff;
/** Rust's RwLock: someone waits for it, to read or to write. */
const READERS_WAIT = 0x40000000;
const WRITERS_WAIT = 0x80000000;

/** What lies around a futex; a number is null where the memory may not be read. */
interface Around {
  readonly pid: number;
  readonly address: bigint;
  readonly expected: number;
  readonly at: (offset: number) => number | null;
}

/** Says whose futex it is, by the call's arguments and by what lies around it; nobody is touched. */
export function futexFacts(args: readonly bigint[], process: ObservedProcess): FutexFacts {
  const [address = 0n, operation = 0n, expected = 0n] = args;
  const flags = Number(operation);
  const around: Around = {
    pid: process.pid,
    address,
    expected: Number(BigInt.asUintN(32, expected)),
    at: (offset) => readMemory(process.pid, address + BigInt(offset), 4)?.readUInt32LE(0) ?? null,
  };
  const { shape, owner: told, offset = 0 } = shapeOf(flags, around, process);
  const owner = told === null ? null : fromInside(told, process);
  return {
    address: address - BigInt(offset),
    shape,
    owner,
    isOwnerGone: owner !== null && isGone(owner, shape, flags, process),
    isPrivate: (flags & PRIVATE) !== 0,
  };
}

interface Shaped {
  readonly shape: FutexShape;
  /** As it stands in memory: an id within the process's own pid namespace. */
  readonly owner: number | null;
  /** Of the futex within what it belongs to, where that has more than one of them. */
  readonly offset?: number;
}

function shapeOf(flags: number, around: Around, process: ObservedProcess): Shaped {
  const command = flags & COMMAND;
  const { expected } = around;
  const word = around.at(0);
  if (command === FUTEX_LOCK_PI || command === FUTEX_LOCK_PI2) {
    return { shape: 'mutex', owner: word === null ? null : plausible(word & TID_MASK) };
  }
  // The kernel clears the id of a thread that ends, and wakes for all (pthread_join(3)).
  if ((flags & PRIVATE) === 0 && isThread(expected, process)) {
    return { shape: 'join', owner: expected };
  }
  if (command === FUTEX_WAIT && expected === CONTENDED && word === CONTENDED) {
    const owner = glibcOwner(around);
    return { shape: owner === null ? 'lock' : 'mutex', owner };
  }
  if (command !== FUTEX_WAIT_BITSET) return { shape: 'other', owner: null };
  return (flags & CLOCK_REALTIME) !== 0
    ? ofGlibc(around, (flags & PRIVATE) !== 0, process)
    : ofRust(around, word);
}

/**
 * Of glibc's pthread_mutex_t (bits/struct_mutex.h): __lock, __count, __owner, __nusers, __kind,
 * each an int. What else has 2 in its first word differs in one of the others.
 */
function glibcOwner({ pid, address }: Around): number | null {
  const bytes = readMemory(pid, address, 20);
  if (bytes === null) return null;
  const [count, users, kind] = [4, 12, 16].map((offset) => bytes.readUInt32LE(offset));
  const isMutex =
    (count ?? 0) < 0x10000 && isCount(users ?? 0) && ((kind ?? 0) & ~MUTEX_KINDS) === 0;
  return isMutex ? plausible(bytes.readUInt32LE(8)) : null;
}

/** The type of a mutex, that it is robust, inherits, protects, is shared; and lock elision. */
const MUTEX_KINDS = 0x3ff;

/** Of glibc's pthread_cond_t (bits/thread-shared-types.h), bytes from its beginning. */
const WREFS = 36;
const G_SIGNALS = 40;

/** glibc waits without a limit by FUTEX_CLOCK_REALTIME: conditions, semaphores, read-write locks. */
function ofGlibc(around: Around, isPrivate: boolean, process: ObservedProcess): Shaped {
  const { at, expected, address } = around;
  if (expected === 2 || expected === 3) {
    // pthread_rwlock_t: __cur_writer lies 16 bytes past __wrphase_futex, 12 past __writers_futex.
    const writer = [16, 12].map(at).find((tid) => tid !== null && isThread(tid, process));
    return { shape: 'read-write-lock', owner: expected === 3 ? (writer ?? null) : null };
  }
  if (expected !== 0) return { shape: 'other', owner: null };
  // sem_t: its value, how many wait for it, and whether it is private.
  const counted = at(4) ?? 0;
  const waiting = waitersAt([address], process);
  const isCounted = isPrivate ? counted === waiting : isCount(counted) && counted >= waiting;
  if (isCounted && at(8) === (isPrivate ? 0 : PRIVATE)) return { shape: 'semaphore', owner: null };
  // pthread_cond_t: in __wrefs each who waits counts eight; one of two __g_signals is slept on.
  for (const group of [0, 1]) {
    const offset = G_SIGNALS + 4 * group;
    const signals = address - BigInt(4 * group);
    const waiters = (at(WREFS - offset) ?? 0) >>> 3;
    const own = waitersAt([signals, signals + 4n], process);
    if (isPrivate ? waiters === own : isCount(waiters) && waiters >= own) {
      return { shape: 'condition', owner: null, offset };
    }
  }
  return { shape: 'other', owner: null };
}

/** How many threads wait on a futex at one of some addresses. */
function waitersAt(addresses: readonly bigint[], { threads }: ObservedProcess): number {
  return threads.filter(
    ({ now: { syscall } }) =>
      syscall?.name === 'futex' && addresses.includes(syscall.args[0] ?? 0n),
  ).length;
}

/** Rust's std::sync on Linux (library/std/src/sys/sync): none of its locks says who has it. */
function ofRust({ expected, at }: Around, word: number | null): Shaped {
  const isReadWrite =
    (expected & (READERS_WAIT | WRITERS_WAIT)) !== 0 || ((at(-4) ?? 0) & WRITERS_WAIT) !== 0;
  if (expected === PARKED) return { shape: 'parked', owner: null };
  if (isReadWrite) return { shape: 'read-write-lock', owner: null };
  const isLock = expected === CONTENDED && word === CONTENDED;
  return { shape: isLock ? 'lock' : 'other', owner: null };
}

function isCount(value: number): boolean {
  return value > 0 && value < 0x10000;
}

function plausible(tid: number): number | null {
  return tid > 0 && tid <= 4_194_304 ? tid : null;
}

function isThread(tid: number, { threads }: ObservedProcess): boolean {
  return threads.some(({ now }) => (now.ownTid ?? now.tid) === tid);
}

/** The id by which we know a thread that its own process knows by another (pid_namespaces(7)). */
function fromInside(tid: number, { threads }: ObservedProcess): number {
  return threads.find(({ now }) => (now.ownTid ?? now.tid) === tid)?.now.tid ?? tid;
}

/**
 * Whether whoever has a lock is gone. One that came since the look shows itself; of another
 * namespace, or with memory that others share, nothing can be said.
 */
function isGone(
  tid: number,
  shape: FutexShape,
  flags: number,
  { pid, threads, now }: ObservedProcess,
): boolean {
  if (shape !== 'mutex' || now.moreThreads > 0) return false;
  const thread = threads.find((one) => one.now.tid === tid);
  if (thread !== undefined) return thread.now.state === 'Z';
  if (threads.some((one) => (one.now.ownTid ?? one.now.tid) !== one.now.tid)) return false;
  // A process with memory of its own was copied with the lock (fork(2)): nobody else's thread counts.
  if ((flags & PRIVATE) !== 0) return readProcFile(`/proc/${pid}/task/${tid}/stat`) === null;
  const seesAll = readProcFile('/proc/1/stat') !== null;
  return seesAll && readProcFile(`/proc/${tid}/stat`) === null;
}
