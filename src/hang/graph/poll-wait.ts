import type { Observation, ObservedProcess } from '../observe/observation.ts';
import { readMemory } from '../observe/process-memory.ts';
import type { Blocked, Decoded } from './decoded.ts';
import { describe, readiness } from './descriptor-wait.ts';
import { asInt } from './timed-wait.ts';
import type { Interest, Source } from './wait.ts';

/** poll(2): POLLIN and POLLPRI, POLLOUT. Those of epoll are the same (epoll_ctl(2)). */
const IN = 0x3;
const OUT = 0x4;
const EDGE = 0x80000000;
const POLLFD_BYTES = 8;
const MOST = 4_096;

/** `poll` and `ppoll` without a limit: what the array of the process says. */
export function pollWait({ call, process, seen }: Blocked): Decoded | null {
  if (call.name !== 'poll' && call.name !== 'ppoll') return null;
  const [address = 0n, length = 0n] = call.args;
  const count = Number(length);
  // What is left out could be what wakes it.
  if (count > MOST) return unreadable(call.name);
  const bytes =
    count === 0 ? Buffer.alloc(0) : readMemory(process.pid, address, count * POLLFD_BYTES);
  if (bytes === null) return unreadable(call.name);
  const interests = Array.from({ length: count }, (_, index) => ({
    fd: bytes.readInt32LE(index * POLLFD_BYTES),
    events: bytes.readUInt16LE(index * POLLFD_BYTES + 4),
  })).flatMap(({ fd, events }) => (fd < 0 ? [] : interestsIn(fd, events)));
  return pollingOf(call.name, interests, process, seen);
}

/** `select` and `pselect6` without a limit: one set of bits each for reading and writing. */
export function selectWait({ call, process, seen }: Blocked): Decoded | null {
  if (call.name !== 'select' && call.name !== 'pselect6') return null;
  const [length = 0n, ...sets] = call.args;
  const count = asInt(length);
  if (count > MOST) return unreadable(call.name);
  const interests: Interest[] = [];
  for (const [index, access] of (['read', 'write'] as const).entries()) {
    const address = sets[index] ?? 0n;
    if (address === 0n) continue;
    const bytes = readMemory(process.pid, address, Math.ceil(count / 64) * 8);
    if (bytes === null) return unreadable(call.name);
    for (let fd = 0; fd < count; fd += 1) {
      if (((bytes[fd >> 3] ?? 0) >> (fd & 7)) & 1) interests.push({ fd, access });
    }
  }
  return pollingOf(call.name, interests, process, seen);
}

/** `epoll_wait` without a limit: what `fdinfo` says is in the set. */
export function epollWait({ call, process, seen }: Blocked): Decoded | null {
  const name = call.name ?? '';
  if (!name.startsWith('epoll_')) return null;
  const own = process.descriptors.list.find(({ fd }) => fd === asInt(call.args[0] ?? -1n));
  if (own === undefined) return unreadable(name);
  const interests = own.epoll.flatMap(({ fd, events }) => interestsIn(fd, events));
  return pollingOf(name, interests, process, seen);
}

function interestsIn(fd: number, events: number): Interest[] {
  const edge = (events & EDGE) !== 0;
  return [
    ...((events & IN) === 0 ? [] : [{ fd, access: 'read' as const, edge }]),
    ...((events & OUT) === 0 ? [] : [{ fd, access: 'write' as const, edge }]),
  ];
}

function pollingOf(
  name: string,
  interests: readonly Interest[],
  process: ObservedProcess,
  seen: Observation,
): Decoded {
  const sources: Source[] = [];
  const names: string[] = [];
  for (const { fd, access } of interests) {
    const descriptor = process.descriptors.list.find((one) => one.fd === fd);
    if (descriptor === undefined) {
      sources.push({ kind: 'unknown', via: `fd ${fd}, which may not be looked at` });
      continue;
    }
    names.push(`${describe(descriptor, seen)} (fd ${fd})`);
    sources.push(...readiness(descriptor, access, process, seen));
  }
  // A loop like Node's and asyncio's learns of its children through a handler for SIGCHLD.
  for (const child of seen.processes.values()) {
    if (child.now.parent !== process.pid) continue;
    sources.push({ kind: 'end', pid: child.pid, via: 'SIGCHLD of its child' });
  }
  const shown = names.slice(0, 5).join(', ');
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return {
    kind: 'poll',
    what: `waits in ${name} without a limit for ${names.length === 0 ? 'no descriptor at all' : `${shown}${more}`}`,
    fds: interests.map(({ fd }) => fd),
    interests,
    sources,
  };
}

function unreadable(name: string): Decoded {
  const what = `waits in ${name} for what may not be read`;
  return { kind: 'poll', what, sources: [{ kind: 'unknown', via: what }] };
}
