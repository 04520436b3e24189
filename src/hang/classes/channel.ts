import type { Interest, Wait } from '../graph/wait.ts';
import type { Descriptor } from '../observe/descriptors.ts';
import type { Holder } from '../observe/holders.ts';
import type { ObservedProcess } from '../observe/observation.ts';
import type { SocketInfo } from '../observe/sockets.ts';
import type { Scene } from './hang-class.ts';
import { oncePerScene } from './once-per-scene.ts';

/** A wait of one thread for one channel: a pipe, a FIFO or a socket. */
export interface ChannelWait {
  readonly wait: Wait;
  readonly process: ObservedProcess;
  readonly fd: number;
  readonly access: Interest['access'];
  readonly descriptor: Descriptor;
  /** Null for a pipe or a FIFO. */
  readonly socket: SocketInfo | null;
  /** Whoever has the end from which the channel could be served, this process among them. */
  readonly others: readonly Holder[];
  /** It is blocked in a call on this channel alone, and does not poll several. */
  readonly alone: boolean;
  /** For people: `pipe:[123]`, `tcp 127.0.0.1:80 to 127.0.0.1:40112`. */
  readonly name: string;
}

/** Everything that threads wait for on pipes, FIFOs and connected sockets. */
export const channelWaits: (scene: Scene) => readonly ChannelWait[] = oncePerScene((scene) => {
  const { seen, waits } = scene;
  const known = new Map<string, readonly Holder[]>();
  return waits.flatMap((wait) => {
    const process = seen.processes.get(wait.thread.pid);
    const interests = wait.interests ?? [];
    if (process === undefined) return [];
    return interests.flatMap(({ fd, access }): ChannelWait[] => {
      const descriptor = process.descriptors.list.find((one) => one.fd === fd);
      if (descriptor === undefined || !CHANNELS.has(descriptor.kind)) return [];
      const socket = socketOf(scene, descriptor);
      // Of 500 that read one pipe, each would else have its own list of 500.
      const end = `${descriptor.target} ${access}`;
      const others = known.get(end) ?? othersOf(scene, descriptor, access);
      known.set(end, others);
      return [
        {
          wait,
          process,
          fd,
          access,
          descriptor,
          socket,
          others,
          alone: wait.kind !== 'poll' && wait.kind !== 'time',
          name: socket === null ? descriptor.target : socketName(socket),
        },
      ];
    });
  });
});

const CHANNELS: ReadonlySet<string> = new Set(['pipe', 'fifo', 'socket']);

/** What is known of the socket behind a descriptor; null where it is none, or nothing is. */
export function socketOf({ seen }: Scene, { inode, kind }: Descriptor): SocketInfo | null {
  return kind === 'socket' && inode !== null ? (seen.sockets.byInode.get(inode) ?? null) : null;
}

function socketName({ name, inode }: SocketInfo): string {
  return name === 'a socket pair' ? `socket:[${inode}]` : name;
}

function othersOf(scene: Scene, descriptor: Descriptor, access: Interest['access']): Holder[] {
  const { holders } = scene.seen;
  if (descriptor.kind === 'socket') {
    const peer = socketOf(scene, descriptor)?.peer ?? null;
    return peer === null ? [] : [...(holders.byTarget.get(`socket:[${peer}]`) ?? [])];
  }
  return (holders.byTarget.get(descriptor.target) ?? []).filter(({ readable, writable }) =>
    access === 'read' ? writable : readable,
  );
}

/**
 * Whether a channel is how a process wakes itself: both of its ends are its own, as of the pipe that
 * an event loop has for signals and for other threads.
 */
export function isOwnWakeup({ process, others }: ChannelWait): boolean {
  return others.length > 0 && others.every(({ pid }) => pid === process.pid);
}

/** Whether a descriptor that is polled is one by which a process only wakes itself. */
export function isOwnWakeupOf(scene: Scene, process: ObservedProcess, fd: number): boolean {
  const descriptor = process.descriptors.list.find((one) => one.fd === fd);
  if (descriptor === undefined) return false;
  if (!CHANNELS.has(descriptor.kind)) return WAKERS.has(descriptor.kind);
  const others = othersOf(scene, descriptor, 'read');
  return others.length > 0 && others.every(({ pid }) => pid === process.pid);
}

const WAKERS: ReadonlySet<string> = new Set(['eventfd', 'timerfd', 'signalfd']);

/** Whether a process waits, alone or among others, for a channel of which it holds this end. */
export function waitsFor(scene: Scene, holder: Holder, access: Interest['access']): boolean {
  return scene.waits.some(
    ({ thread, interests = [] }) =>
      thread.pid === holder.pid &&
      interests.some((interest) => interest.fd === holder.fd && interest.access === access),
  );
}

/** The pids of some holders, each once. */
export function pidsOf(holders: readonly Holder[]): number[] {
  return [...new Set(holders.map(({ pid }) => pid))];
}

/** `pid 12 (sh -c …)`, for people. */
export function namePid({ seen }: Scene, pid: number, holders: readonly Holder[] = []): string {
  const command =
    seen.processes.get(pid)?.now.commandLine ?? holders.find((one) => one.pid === pid)?.command;
  return command === undefined ? `pid ${pid}` : `pid ${pid} (${command.slice(0, 80)})`;
}
