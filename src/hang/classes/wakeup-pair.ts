import type { Descriptor } from '../observe/descriptors.ts';
import type { SocketInfo } from '../observe/sockets.ts';
import type { ObservedProcess } from '../observe/observation.ts';
import { socketOf } from './channel.ts';
import type { Scene } from './hang-class.ts';

/**
 * A socket pair of which a process has both ends, to wake its own event loop: what Python's
 * signal.set_wakeup_fd, asyncio, trio and others write a byte into at each signal.
 */
export interface WakeupPair {
  readonly reading: Descriptor;
  readonly writing: Descriptor;
  readonly socket: SocketInfo;
  /** Bytes that were written to wake the loop and that it has not taken. */
  readonly unread: number;
  /** Nothing more fits in: a further write returns EAGAIN. */
  readonly isFull: boolean;
  /** A thread of the process waits for it, or it is in a set that one waits for. */
  readonly isPolled: boolean;
}

/** The pairs of a process; each is told from the end that is read. */
export function wakeupPairs(scene: Scene, process: ObservedProcess): WakeupPair[] {
  const sockets = process.descriptors.list.filter(({ kind }) => kind === 'socket');
  const polled = new Set(
    scene.waits
      .filter(({ thread }) => thread.pid === process.pid)
      .flatMap(({ interests = [] }) => interests.map(({ fd }) => fd)),
  );
  const inSets = new Set(
    process.descriptors.list.flatMap(({ epoll }) => epoll.map(({ fd }) => fd)),
  );
  return sockets.flatMap((reading) => {
    const socket = socketOf(scene, reading);
    const writing = sockets.find(({ inode }) => inode !== null && inode === socket?.peer);
    if (socket === null || writing === undefined || socket.name !== 'a socket pair') return [];
    // It is read at the end that is in a set, or that has unread bytes.
    if (!inSets.has(reading.fd) && !polled.has(reading.fd) && socket.unread === 0) return [];
    return [
      {
        reading,
        writing,
        socket,
        unread: socket.unread,
        isFull: socketOf(scene, writing)?.isFull === true,
        isPolled: polled.has(reading.fd),
      },
    ];
  });
}
