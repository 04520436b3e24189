import {
  hasEnded,
  readProcDirectory,
  readProcFile,
  readProcLink,
  readProcStat,
} from '../../process/proc-stat.ts';
import { isFifo, remoteMounts } from './fifo.ts';

export type DescriptorKind =
  | 'pipe'
  | 'fifo'
  | 'socket'
  | 'file'
  | 'directory'
  | 'terminal'
  | 'device'
  | 'epoll'
  | 'eventfd'
  | 'signalfd'
  | 'timerfd'
  | 'inotify'
  | 'pidfd'
  | 'io_uring'
  | 'other';

/** An open descriptor, as `/proc/PID/fd` and `fdinfo` show it. */
export interface Descriptor {
  readonly fd: number;
  readonly kind: DescriptorKind;
  /** Where its link leads: a path, `pipe:[123]`, `socket:[123]`, `anon_inode:[eventpoll]`. */
  readonly target: string;
  /** Of a pipe or a socket. */
  readonly inode: number | null;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly position: number;
  /** Of an epoll set: the descriptors in it and the events that are waited for. */
  readonly epoll: readonly { readonly fd: number; readonly events: number }[];
  /** Of a timerfd: whether it will go off; of an eventfd: whether its counter is not 0. */
  readonly armed: boolean | null;
  /** Of an eventfd: what tells it from all others; left out by Linux before 5.2. */
  readonly eventfd?: string;
}

/** So many of a process are read; more are counted only, and said to be missing. */
const MOST_DESCRIPTORS = 4_096;

export interface Descriptors {
  readonly list: readonly Descriptor[];
  /** How many there are. */
  readonly total: number;
  /** What of them could not be seen, and why; null where all were. */
  readonly missing: string | null;
}

/** The open descriptors of a process, without touching it. */
export function readDescriptors(pid: number): Descriptors {
  const names = readProcDirectory(`/proc/${pid}/fd`);
  const own = readProcLink(`/proc/${pid}/cwd`) !== null;
  if (names.length === 0 && !own) {
    return { list: [], total: 0, missing: whyUnread(pid) };
  }
  const remote = remoteMounts(pid);
  const list = names
    .slice(0, MOST_DESCRIPTORS)
    .flatMap((name) => readDescriptor(pid, Number(name), remote) ?? []);
  const more = names.length - MOST_DESCRIPTORS;
  const missing = more > 0 ? `${more} more descriptors of pid ${pid}` : null;
  return { list, total: names.length, missing };
}

/** Null for one that has ended and is not reaped yet: it has none any more. */
function whyUnread(pid: number): string | null {
  const stat = readProcStat(pid);
  if (stat === null) return `the descriptors of pid ${pid}, which is gone by now`;
  if (hasEnded(stat)) return null;
  return `the descriptors of pid ${pid} may not be read: it is another user’s, or protected; look as that user or as root`;
}

function readDescriptor(pid: number, fd: number, remote: ReadonlySet<string>): Descriptor | null {
  const target = readProcLink(`/proc/${pid}/fd/${fd}`);
  if (target === null) return null;
  const info = readProcFile(`/proc/${pid}/fdinfo/${fd}`) ?? '';
  const position = Number(/^pos:\s*(\d+)$/m.exec(info)?.[1] ?? 0);
  const mount = /^mnt_id:\s*(\d+)$/m.exec(info)?.[1] ?? '';
  const named = kindOf(target);
  const mayBeFifo = named === 'file' && position === 0 && !remote.has(mount);
  const kind = mayBeFifo && isFifo(`/proc/${pid}/fd/${fd}`) ? 'fifo' : named;
  const flags = Number.parseInt(/^flags:\s*(\d+)$/m.exec(info)?.[1] ?? '0', 8);
  const access = flags & 3;
  return {
    fd,
    kind,
    target,
    inode: inodeIn(target),
    readable: access !== 1,
    writable: access !== 0,
    position,
    epoll: [...info.matchAll(/^tfd:\s*(\d+)\s+events:\s*([0-9a-f]+)/gm)].map(([, in_, events]) => ({
      fd: Number(in_),
      events: Number.parseInt(events ?? '0', 16),
    })),
    armed: armedIn(kind, info),
    ...eventfdIn(info),
  };
}

/** The link of each eventfd reads `anon_inode:[eventfd]`. */
export const EVENTFD = 'anon_inode:[eventfd]';

/** The name of an eventfd, by what fdinfo says of it (proc_pid_fdinfo(5)). */
export function eventfdIn(info: string): { readonly eventfd?: string } {
  const id = /^eventfd-id:\s*(\d+)$/m.exec(info)?.[1];
  return id === undefined ? {} : { eventfd: `eventfd:[${id}]` };
}

function inodeIn(target: string): number | null {
  const found = /^(?:pipe|socket):\[(\d+)\]$/.exec(target)?.[1];
  return found === undefined ? null : Number(found);
}

const ANONYMOUS: Readonly<Record<string, DescriptorKind>> = {
  '[eventpoll]': 'epoll',
  '[eventfd]': 'eventfd',
  '[signalfd]': 'signalfd',
  '[timerfd]': 'timerfd',
  '[pidfd]': 'pidfd',
  '[io_uring]': 'io_uring',
  inotify: 'inotify',
};

function kindOf(target: string): DescriptorKind {
  if (target.startsWith('pipe:')) return 'pipe';
  if (target.startsWith('socket:')) return 'socket';
  if (target.startsWith('anon_inode:')) {
    return ANONYMOUS[target.slice('anon_inode:'.length)] ?? 'other';
  }
  if (/^\/dev\/(?:pts\/|tty|console)/.test(target)) return 'terminal';
  if (target.startsWith('/dev/')) return 'device';
  return target.startsWith('/') ? 'file' : 'other';
}

function armedIn(kind: DescriptorKind, info: string): boolean | null {
  if (kind === 'eventfd') {
    const count = /^eventfd-count:\s*([0-9a-f]+)$/m.exec(info)?.[1];
    return count === undefined ? null : Number.parseInt(count, 16) > 0;
  }
  if (kind === 'timerfd') {
    const left = /^it_value: \((\d+), (\d+)\)$/m.exec(info);
    return left === null ? null : Number(left[1]) + Number(left[2]) > 0;
  }
  return null;
}
