import type { Descriptor } from '../observe/descriptors.ts';
import type { ObservedProcess } from '../observe/observation.ts';
import { socketOf } from './channel.ts';
import type { Scene } from './hang-class.ts';

/** A descriptor at which every poll and every read returns at once. */
export interface ReadyDescriptor {
  readonly descriptor: Descriptor;
  readonly why: string;
  /** It has come to its end, which nothing can undo; what is merely unread could still be read. */
  readonly ended: boolean;
}

/** The descriptors of a process that are readable and stay so. */
export function readyForEver(scene: Scene, process: ObservedProcess): ReadyDescriptor[] {
  return process.descriptors.list.flatMap((descriptor) => {
    const why = descriptor.readable ? whyReady(scene, descriptor) : null;
    return why === null ? [] : [{ descriptor, ...why }];
  });
}

function whyReady(
  scene: Scene,
  descriptor: Descriptor,
): Pick<ReadyDescriptor, 'why' | 'ended'> | null {
  const { holders } = scene.seen;
  switch (descriptor.kind) {
    case 'pipe': {
      const ends = holders.byTarget.get(descriptor.target) ?? [];
      const isShut = holders.hidden.length === 0 && !ends.some(({ writable }) => writable);
      return isShut ? { why: 'nobody has its write end any more', ended: true } : null;
    }
    case 'socket': {
      const socket = socketOf(scene, descriptor);
      if (socket === null || socket.state === 'listening') return null;
      if (socket.unread > 0) return { why: `${socket.unread} bytes are unread`, ended: false };
      if (socket.state === 'closing') return { why: 'its peer has closed it', ended: true };
      return null;
    }
    case 'eventfd':
      return descriptor.armed === true ? { why: 'its counter is not 0', ended: false } : null;
    case 'fifo':
    case 'file':
    case 'directory':
    case 'terminal':
    case 'device':
    case 'epoll':
    case 'signalfd':
    case 'timerfd':
    case 'inotify':
    case 'pidfd':
    case 'io_uring':
    case 'other':
      return null;
  }
}
