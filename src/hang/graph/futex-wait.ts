import { memorySharers } from '../observe/memory-sharers.ts';
import type { Observation, ObservedProcess } from '../observe/observation.ts';
import { type Blocked, type Decoded, fromProcess } from './decoded.ts';
import { futexFacts } from './futex-facts.ts';
import type { FutexFacts, FutexShape, Source } from './wait.ts';

/** A futex without a limit: its owner where one is known, else whoever shares the memory. */
export function futexWait({ call, process, seen }: Blocked): Decoded | null {
  if (call.name !== 'futex') return null;
  const futex = futexFacts(call.args, process);
  return { kind: 'futex', what: whatOf(futex), futex, sources: sourcesOf(futex, process, seen) };
}

function whatOf({ address, shape, owner, isOwnerGone }: FutexFacts): string {
  if (shape === 'join') return `joins thread ${owner}`;
  const name = `${NAMES[shape]} (futex 0x${address.toString(16)})`;
  if (owner === null) return `waits on ${name}`;
  return `waits for ${name} that thread ${owner} holds${isOwnerGone ? ', which is gone' : ''}`;
}

const NAMES: Readonly<Record<FutexShape, string>> = {
  mutex: 'a mutex',
  lock: 'a lock',
  'read-write-lock': 'a read-write lock',
  condition: 'a condition',
  semaphore: 'a semaphore',
  parked: 'being unparked',
  join: 'a thread',
  other: 'a word of memory',
};

function sourcesOf(
  { shape, owner, isOwnerGone, isPrivate, address }: FutexFacts,
  process: ObservedProcess,
  seen: Observation,
): Source[] {
  if (isOwnerGone) return [];
  if (owner === null) return isPrivate ? siblings(process) : shared(address, process, seen);
  const holder = (isPrivate ? [process] : [...seen.processes.values()]).find(({ threads }) =>
    threads.some(({ now }) => now.tid === owner),
  );
  const via = shape === 'join' ? 'the thread that it joins' : 'the owner of the lock';
  if (holder !== undefined) return [{ kind: 'thread', pid: holder.pid, tid: owner, via }];
  return isPrivate ? siblings(process) : [{ kind: 'outside', pid: owner, via }];
}

/** Any other thread of the process could wake it. */
function siblings({ pid, threads }: ObservedProcess): Source[] {
  return threads.length < 2 ? [] : [{ kind: 'process', pid, via: 'another thread of its process' }];
}

/** Whoever has the memory mapped, has it open, or could open it by its name. */
function shared(address: bigint, process: ObservedProcess, seen: Observation): Source[] {
  const memory = memorySharers(process.pid, address);
  if (memory === null || memory.isNamed) {
    return [...siblings(process), { kind: 'unknown', via: 'whoever shares the memory' }];
  }
  const holders = seen.holders.byTarget.get(memory.path) ?? [];
  const others = new Set([...memory.pids, ...holders.map(({ pid }) => pid)]);
  others.delete(process.pid);
  const via = 'shares the memory and could wake it';
  return [
    ...siblings(process),
    ...[...others].map((pid) => fromProcess(pid, via, seen)),
    ...seen.holders.hidden.map((pid): Source => ({
      kind: 'unknown',
      via: `pid ${pid}, whose memory may not be looked at`,
    })),
  ];
}
