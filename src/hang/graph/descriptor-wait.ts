import type { Descriptor } from '../observe/descriptors.ts';
import type { Observation, ObservedProcess } from '../observe/observation.ts';
import type { SocketInfo } from '../observe/sockets.ts';
import { type Blocked, type Decoded, fromProcess } from './decoded.ts';
import { asInt } from './timed-wait.ts';
import type { Source, WaitKind } from './wait.ts';

const READS: ReadonlySet<string> = new Set([
  'read',
  'readv',
  'pread64',
  'preadv',
  'recvfrom',
  'recvmsg',
  'recvmmsg',
]);
const WRITES: ReadonlySet<string> = new Set([
  'write',
  'writev',
  'pwrite64',
  'pwritev',
  'sendto',
  'sendmsg',
  'sendmmsg',
]);

/** A call that is blocked on the one descriptor that it was given. */
export function descriptorWait({ call, process, seen }: Blocked): Decoded | null {
  const name = call.name ?? '';
  const fd = asInt(call.args[0] ?? -1n);
  const descriptor = process.descriptors.list.find((one) => one.fd === fd);
  const access = READS.has(name) ? 'read' : WRITES.has(name) ? 'write' : null;
  if (name === 'accept' || name === 'accept4') return accepting(fd, descriptor, seen);
  if (name === 'connect') {
    return {
      kind: 'connect',
      what: `connects ${descriptor === undefined ? '' : `${describe(descriptor, seen)} `}(fd ${fd})`,
      fds: [fd],
      sources: [OUTSIDE('whom it connects to')],
    };
  }
  if (access === null) return null;
  if (descriptor === undefined)
    return nobodyKnows(`${access}s fd ${fd}, which may not be looked at`, fd);
  return {
    kind: kindOf(descriptor, access),
    what: `${access}s ${describe(descriptor, seen)} (fd ${fd})`,
    fds: [fd],
    interests: [{ fd, access }],
    sources: readiness(descriptor, access, process, seen),
  };
}

/** Everything that could make a descriptor readable or writable. */
export function readiness(
  descriptor: Descriptor,
  access: 'read' | 'write',
  process: ObservedProcess,
  seen: Observation,
): Source[] {
  switch (descriptor.kind) {
    case 'pipe':
      return pipeSources(descriptor, access, process, seen);
    case 'fifo':
      return [...pipeSources(descriptor, access, process, seen), OUTSIDE('whoever opens the FIFO')];
    case 'socket':
      return [...socketSources(descriptor, access, seen), ...shutters(descriptor, process, seen)];
    case 'eventfd':
      return descriptor.armed === true
        ? [{ kind: 'ready', via: 'its counter is not 0' }]
        : sharers(descriptor, process, seen, 'could write the eventfd');
    case 'timerfd':
      return descriptor.armed === false ? [] : [{ kind: 'time', via: 'a timerfd that is armed' }];
    case 'signalfd':
      return [
        ...children(process, seen, 'SIGCHLD through a signalfd'),
        OUTSIDE('whoever sends it a signal'),
      ];
    case 'pidfd':
      return [UNKNOWN('the process behind a pidfd')];
    case 'epoll':
      return descriptor.epoll.flatMap(({ fd }) => {
        const inner = process.descriptors.list.find((one) => one.fd === fd);
        return inner === undefined
          ? [UNKNOWN(`fd ${fd} in the epoll set`)]
          : readiness(inner, 'read', process, seen);
      });
    case 'terminal':
      return [OUTSIDE('whoever types at the terminal')];
    case 'inotify':
      return [UNKNOWN('a change of a watched file')];
    case 'file':
    case 'directory':
      return [UNKNOWN('a file system')];
    case 'device':
    case 'io_uring':
    case 'other':
      return [UNKNOWN(descriptor.target)];
  }
}

/** The other end of a pipe: whoever holds it. */
function pipeSources(
  { target }: Descriptor,
  access: 'read' | 'write',
  process: ObservedProcess,
  seen: Observation,
): Source[] {
  const holders = seen.holders.byTarget.get(target) ?? [];
  const others = holders.filter(({ readable, writable }) =>
    access === 'read' ? writable : readable,
  );
  const via = `has the ${access === 'read' ? 'write' : 'read'} end of ${target}`;
  // With nobody at the other end the call would have returned (pipe(7)): somebody is who does not show.
  if (others.length === 0) return [UNKNOWN(`somebody who does not show ${via}`)];
  const pids = [...new Set(others.map(({ pid }) => pid))];
  // Its own threads may act, but the one that waits can't be its own partner.
  return [
    ...pids
      .map((pid) =>
        pid === process.pid ? ownThreads(process, via) : [fromProcess(pid, via, seen)],
      )
      .flat(),
    ...hiddenOnes(seen),
  ];
}

/** Those whose descriptors may not be read: they may have anything. */
function hiddenOnes({ holders }: Observation): Source[] {
  return holders.hidden.map((pid) => ({
    kind: 'unknown',
    via: `pid ${pid}, whose descriptors may not be read`,
  }));
}

function ownThreads({ pid, threads }: ObservedProcess, via: string): Source[] {
  return threads.length < 2 ? [] : [{ kind: 'process', pid, via: `another thread ${via}` }];
}

function socketSources(
  { inode, target }: Descriptor,
  access: 'read' | 'write',
  seen: Observation,
): Source[] {
  const socket = inode === null ? undefined : seen.sockets.byInode.get(inode);
  if (socket === undefined) return [UNKNOWN(`${target}, of which nothing is known`)];
  if (socket.state === 'listening') return [OUTSIDE(`anybody who connects to ${socket.name}`)];
  if (access === 'read' && socket.unread > 0)
    return [{ kind: 'ready', via: `${socket.unread} unread bytes` }];
  if (socket.pendingAt !== undefined) return accepters(socket.pendingAt, seen);
  if (!socket.peerKnown) return [OUTSIDE(`the other end of ${socket.name}`)];
  if (socket.peer === null) {
    // What is connected would see the end of its stream; only without a name nobody can send to it.
    if (socket.isDatagram !== true) return [UNKNOWN(`the other end of ${socket.name}`)];
    return socket.isNamed === true ? [OUTSIDE(`anybody who sends to ${socket.name}`)] : [];
  }
  const holders = seen.holders.byTarget.get(`socket:[${socket.peer}]`) ?? [];
  const via = `has the other end of ${socket.name}`;
  if (holders.length === 0) return [UNKNOWN(`nobody who may be looked at ${via}`)];
  return [...new Set(holders.map(({ pid }) => pid))].map((pid) => fromProcess(pid, via, seen));
}

/** Who could accept a connection that is in a listening socket's queue. */
function accepters(listener: number, seen: Observation): Source[] {
  const holders = seen.holders.byTarget.get(`socket:[${listener}]`) ?? [];
  const via = 'could accept the connection';
  if (holders.length === 0) return [UNKNOWN(`somebody who does not show ${via}`)];
  return [...new Set(holders.map(({ pid }) => pid))].map((pid) => fromProcess(pid, via, seen));
}

/** Whoever shares a socket can shut it down, which wakes all that wait for it (shutdown(2)). */
function shutters(
  { target, inode }: Descriptor,
  process: ObservedProcess,
  seen: Observation,
): Source[] {
  const via = 'shares the socket and could shut it down';
  const peer = inode === null ? null : (seen.sockets.byInode.get(inode)?.peer ?? null);
  if (peer === null) return [];
  const holders = seen.holders.byTarget.get(target) ?? [];
  const pids = new Set(holders.map(({ pid }) => pid));
  return [...pids].flatMap((pid) =>
    pid === process.pid ? ownThreads(process, via) : [fromProcess(pid, via, seen)],
  );
}

/** Those that have the same eventfd; where the kernel gives it no name, all that have any. */
function sharers(
  { kind, eventfd }: Descriptor,
  process: ObservedProcess,
  seen: Observation,
  via: string,
): Source[] {
  const sources = ownThreads(process, via);
  if (eventfd !== undefined) {
    const holders = seen.holders.byTarget.get(eventfd) ?? [];
    const pids = new Set(holders.map(({ pid }) => pid));
    pids.delete(process.pid);
    return [
      ...sources,
      ...[...pids].map((pid) => fromProcess(pid, via, seen)),
      ...hiddenOnes(seen),
    ];
  }
  for (const other of seen.processes.values()) {
    if (other.pid === process.pid) continue;
    if (other.descriptors.list.some((descriptor) => descriptor.kind === kind)) {
      sources.push({ kind: 'process', pid: other.pid, via });
    }
  }
  return sources;
}

function children({ pid }: ObservedProcess, seen: Observation, via: string): Source[] {
  return [...seen.processes.values()]
    .filter(({ now }) => now.parent === pid)
    .map((child) => ({ kind: 'end', pid: child.pid, via }));
}

function accepting(fd: number, descriptor: Descriptor | undefined, seen: Observation): Decoded {
  const socket = descriptor?.inode == null ? undefined : seen.sockets.byInode.get(descriptor.inode);
  const name = socket?.name ?? `fd ${fd}`;
  return {
    kind: 'accept',
    what: `accepts a connection at ${name} (fd ${fd})`,
    fds: [fd],
    sources: [OUTSIDE(`anybody who connects to ${name}`)],
  };
}

function kindOf({ kind }: Descriptor, access: 'read' | 'write'): WaitKind {
  if (kind === 'pipe' || kind === 'fifo') return access === 'read' ? 'pipe-read' : 'pipe-write';
  if (kind === 'socket') return access === 'read' ? 'socket-read' : 'socket-write';
  if (kind === 'terminal' && access === 'read') return 'terminal-read';
  return 'unknown';
}

/** A descriptor for people. */
export function describe({ target, inode }: Descriptor, { sockets }: Observation): string {
  const socket: SocketInfo | undefined = inode === null ? undefined : sockets.byInode.get(inode);
  return socket === undefined ? target : socket.name;
}

function nobodyKnows(what: string, fd: number): Decoded {
  return { kind: 'unknown', what, fds: [fd], sources: [UNKNOWN(what)] };
}

const OUTSIDE = (via: string): Source => ({ kind: 'outside', pid: null, via });
const UNKNOWN = (via: string): Source => ({ kind: 'unknown', via });
