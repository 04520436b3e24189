import { readMemory } from '../observe/process-memory.ts';
import type { ObservedProcess } from '../observe/observation.ts';
import type { Blocked, Decoded } from './decoded.ts';
import type { Source } from './wait.ts';

/** futex(2): FUTEX_PRIVATE_FLAG, and the command below it. */
const PRIVATE = 0x80;
const FUTEX_COMMAND = 0x7f;
const FUTEX_WAIT = 0;
const FUTEX_LOCK_PI = 6;
const FUTEX_LOCK_PI2 = 13;
/** The word of a priority-inheriting lock has its owner in the lower bits (FUTEX_TID_MASK). */
const TID_MASK = 0x3fffffff;

/** What is known of the futex that a thread waits on. */
interface FutexFacts {
  readonly address: bigint;
  /** What it expected there: 2 is a contended lock of glibc, a thread's id is a join. */
  readonly expected: number;
  /** The thread that holds it, where the layout of glibc's mutex or the kernel tells. */
  readonly owner: number | null;
}

/** A futex without a limit: its owner where one is known, else whoever shares the memory. */
export function futexWait({ call, process, seen }: Blocked): Decoded | null {
  if (call.name !== 'futex' && call.name !== 'futex_wait') return null;
  const facts = futexFacts(call.args, process);
  const tid = joined(facts, process) ?? facts.owner;
  const where = `futex 0x${facts.address.toString(16)}`;
  if (tid !== null) {
    const inTree = [...seen.processes.values()].find(({ threads }) =>
      threads.some(({ now }) => now.tid === tid),
    );
    const isJoin = joined(facts, process) !== null;
    const what = isJoin
      ? `joins thread ${tid}`
      : `waits for the lock that thread ${tid} holds (${where})`;
    if (inTree !== undefined) {
      const via = isJoin ? 'the thread that it joins' : 'the owner of the lock';
      return { kind: 'futex', what, sources: [{ kind: 'thread', pid: inTree.pid, tid, via }] };
    }
    // A lock of one process alone whose owner is no thread of it will never be given back.
    if (isPrivate(call.args)) return { kind: 'futex', what: `${what}, which is gone`, sources: [] };
  }
  return {
    kind: 'futex',
    what: `waits on ${where}`,
    sources: isPrivate(call.args) ? siblings(process) : shared(process),
  };
}

/** Reads what lies at the futex, without touching anybody. */
function futexFacts(args: readonly bigint[], { pid }: ObservedProcess): FutexFacts {
  const [address = 0n, operation = 0n, expected = 0n] = args;
  const command = Number(operation) & FUTEX_COMMAND;
  const word = readMemory(pid, address, 4)?.readUInt32LE(0) ?? null;
  if (command === FUTEX_LOCK_PI || command === FUTEX_LOCK_PI2) {
    const owner = word === null ? 0 : word & TID_MASK;
    return { address, expected: 0, owner: owner === 0 ? null : owner };
  }
  const value = Number(BigInt.asUintN(32, expected));
  // glibc's pthread_mutex_t: __lock, __count, __owner, each an int (bits/struct_mutex.h). Only a
  // lock that is contended is waited for with 2.
  const isLock = command === FUTEX_WAIT && value === 2 && word === 2;
  const owner = isLock ? (readMemory(pid, address + 8n, 4)?.readUInt32LE(0) ?? 0) : 0;
  return { address, expected: value, owner: plausible(owner) ? owner : null };
}

/** Of Rust's locks and others there stands something else where glibc has the owner. */
function plausible(tid: number): boolean {
  return tid > 0 && tid <= 4_194_304;
}

/** pthread_join(3) waits until the kernel clears the thread's id. */
function joined({ expected }: FutexFacts, { threads }: ObservedProcess): number | null {
  return threads.some(({ now }) => now.tid === expected) ? expected : null;
}

function isPrivate(args: readonly bigint[]): boolean {
  return (Number(args[1] ?? 0n) & PRIVATE) !== 0;
}

/** Any other thread of the process could wake it. */
function siblings({ pid, threads }: ObservedProcess): Source[] {
  return threads.length < 2 ? [] : [{ kind: 'process', pid, via: 'another thread of its process' }];
}

function shared(process: ObservedProcess): Source[] {
  return [...siblings(process), { kind: 'unknown', via: 'whoever shares the memory' }];
}
