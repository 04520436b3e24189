import { readProcFile, readProcLink } from '../../process/proc-stat.ts';
import { socketStatistics, type Traffic } from './socket-statistics.ts';

/** A socket of this network namespace, with its other end where that is on this machine. */
export interface SocketInfo {
  readonly inode: number;
  readonly protocol: 'tcp' | 'udp' | 'unix';
  readonly state: 'listening' | 'established' | 'connecting' | 'closing' | 'other';
  /** For people: `127.0.0.1:8080 to 127.0.0.1:40112`, a path. */
  readonly name: string;
  /** The inode of the other end; null where it is not on this machine, or gone. */
  readonly peer: number | null;
  /** Whether the other end is known to be gone, or elsewhere. */
  readonly peerKnown: boolean;
  /** Bytes that it has received and nobody has read. */
  readonly unread: number;
  /** Bytes that it has sent and the other end has not taken. */
  readonly unsent: number;
  /** It can be found by a path or an address, so that anybody may send to it or connect. */
  readonly isNamed?: boolean;
  readonly isDatagram?: boolean;
  /** Who writes into it must wait. */
  readonly isFull?: boolean;
  /** The listening socket's inode, where nobody has accepted the connection yet. */
  readonly pendingAt?: number;
  /** The other end was on this machine, and is gone without a word. */
  readonly isOrphaned?: boolean;
  /** For how long nothing has come in, milliseconds; of TCP only. */
  readonly quietMs?: number;
  /** It sent something after it last received: an answer is due. Of TCP only. */
  readonly spokeLast?: boolean;
}

export interface Sockets {
  readonly byInode: ReadonlyMap<number, SocketInfo>;
  /** What could not be told, and why. */
  readonly missing: readonly string[];
}

/**
 * The sockets that a process's network namespace shows: those of IP by `/proc/PID/net`, those of
 * UNIX by {@link socketStatistics}.
 */
export async function readSockets(pid: number): Promise<Sockets> {
  const asked = await socketStatistics();
  const tcp = [...parseInet(pid, 'tcp'), ...parseInet(pid, 'tcp6')];
  const udp = [...parseInet(pid, 'udp'), ...parseInet(pid, 'udp6')];
  const ends = new Map(tcp.map((socket) => [`${socket.local} ${socket.remote}`, socket]));
  const found: SocketInfo[] = [
    ...tcp.filter(isSomebodys).map((socket) => inetSocket('tcp', socket, ends, asked.traffic)),
    ...udp.filter(isSomebodys).map((socket) => inetSocket('udp', socket, new Map(), asked.traffic)),
  ];
  return {
    byInode: new Map([...found, ...asked.unix].map((socket) => [socket.inode, socket])),
    missing: [...asked.missing, ...foreignNetwork(pid)],
  };
}

/** A connection that was closed stays in the table for a minute, and is nobody's (TIME_WAIT). */
function isSomebodys({ inode }: Inet): boolean {
  return inode !== 0;
}

function foreignNetwork(pid: number): string[] {
  const its = readProcLink(`/proc/${pid}/ns/net`);
  if (its === null || its === readProcLink('/proc/self/ns/net')) return [];
  return [`the UNIX sockets of pid ${pid}, which is in a network namespace of its own`];
}

interface Inet {
  readonly local: string;
  readonly remote: string;
  readonly state: string;
  readonly unsent: number;
  readonly unread: number;
  readonly inode: number;
}

/** `proc_net_tcp`: local and remote address, state, queues, inode. */
function parseInet(pid: number, table: 'tcp' | 'tcp6' | 'udp' | 'udp6'): Inet[] {
  const text = readProcFile(`/proc/${pid}/net/${table}`) ?? '';
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local, remote, state, queues, , , , , inode] = line.trim().split(/\s+/);
      if (local === undefined || remote === undefined || inode === undefined) return [];
      const [unsent = '0', unread = '0'] = queues?.split(':') ?? [];
      return [
        {
          local: plain(local),
          remote: plain(remote),
          state: state ?? '',
          unsent: Number.parseInt(unsent, 16),
          unread: Number.parseInt(unread, 16),
          inode: Number(inode),
        },
      ];
    });
}

/** An IPv4 address within IPv6 is the same end as without. */
function plain(address: string): string {
  return address.replace(/^0000000000000000FFFF0000/, '');
}

function inetSocket(
  protocol: 'tcp' | 'udp',
  { local, remote, state, unsent, unread, inode }: Inet,
  ends: ReadonlyMap<string, Inet>,
  traffic: ReadonlyMap<number, Traffic>,
): SocketInfo {
  const name = STATES[state] ?? 'other';
  const other = name === 'listening' ? undefined : ends.get(`${remote} ${local}`);
  const last = traffic.get(inode);
  // The kernel has made a socket of it, but no program has: it is in a listener's queue.
  const isPending = other?.inode === 0 && PENDING.has(other.state);
  const listener = isPending ? listenerOf(remote, ends) : undefined;
  return {
    inode,
    protocol,
    state: protocol === 'udp' ? 'other' : name,
    name: `${protocol} ${readable(local)}${name === 'listening' ? '' : ` to ${readable(remote)}`}`,
    peer: other === undefined || other.inode === 0 ? null : other.inode,
    peerKnown: other !== undefined && other.inode !== 0,
    unread,
    unsent,
    isNamed: true,
    isDatagram: protocol === 'udp',
    ...(listener === undefined ? {} : { pendingAt: listener.inode }),
    ...(name === 'established' && other === undefined && isOwn(remote) && protocol === 'tcp'
      ? { isOrphaned: true }
      : {}),
    ...(last === undefined ? {} : { quietMs: last.receivedMs, spokeLast: last.spokeLast }),
  };
}

/** TCP_ESTABLISHED and TCP_SYN_RECV. */
const PENDING: ReadonlySet<string> = new Set(['01', '03']);

function listenerOf(address: string, ends: ReadonlyMap<string, Inet>): Inet | undefined {
  const port = address.split(':')[1];
  const listening = [...ends.values()].filter(
    ({ state, local }) => STATES[state] === 'listening' && local.split(':')[1] === port,
  );
  return listening.find(({ local }) => local === address) ?? listening[0];
}

/** An address of the loopback network, 127.0.0.0/8 or ::1, whose both ends are in one table. */
function isOwn(address: string): boolean {
  const [host = ''] = address.split(':');
  return host.length === 8 ? host.endsWith('7F') : host === '00000000000000000000000001000000';
}

/** include/net/tcp_states.h. */
const STATES: Readonly<Record<string, SocketInfo['state']>> = {
  '01': 'established',
  '02': 'connecting',
  '03': 'connecting',
  '04': 'closing',
  '05': 'closing',
  '06': 'closing',
  '08': 'closing',
  '09': 'closing',
  '0A': 'listening',
  '0B': 'closing',
};

/** In hexadecimal and the machine's byte order; an IPv4 address and the last word of an IPv6 one. */
function readable(address: string): string {
  const [host = '', port = '0'] = address.split(':');
  const last = Uint8Array.from(Buffer.from(host.slice(-8), 'hex')).toReversed();
  const number = Number.parseInt(port, 16);
  return host.length === 8
    ? `${last.join('.')}:${number}`
    : `[…${Buffer.from(last).toString('hex')}]:${number}`;
}
