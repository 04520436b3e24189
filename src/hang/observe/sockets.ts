import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isSystemError } from '../../core/errors.ts';
import { readProcFile } from '../../process/proc-stat.ts';

const run = promisify(execFile);

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
}

export interface Sockets {
  readonly byInode: ReadonlyMap<number, SocketInfo>;
  /** What could not be told, and why. */
  readonly missing: readonly string[];
}

const LIMIT_MS = 500;
const MOST_BYTES = 16 << 20;

/**
 * The sockets that a process's network namespace shows. Of UNIX sockets `/proc/net/unix` does not
 * tell the other end, so ss(8) is asked, which asks the kernel (sock_diag(7)).
 */
export async function readSockets(pid: number): Promise<Sockets> {
  const tcp = [...parseInet(pid, 'tcp'), ...parseInet(pid, 'tcp6')];
  const udp = [...parseInet(pid, 'udp'), ...parseInet(pid, 'udp6')];
  const ends = new Map(tcp.map((socket) => [`${socket.local} ${socket.remote}`, socket.inode]));
  const found: SocketInfo[] = [
    ...tcp.map((socket) => inetSocket('tcp', socket, ends)),
    ...udp.map((socket) => inetSocket('udp', socket, ends)),
  ];
  const unix = await unixSockets();
  return {
    byInode: new Map([...found, ...unix.found].map((socket) => [socket.inode, socket])),
    missing: unix.missing,
  };
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
  ends: ReadonlyMap<string, number>,
): SocketInfo {
  const name = STATES[state] ?? 'other';
  const peer = name === 'listening' ? null : (ends.get(`${remote} ${local}`) ?? null);
  return {
    inode,
    protocol,
    state: protocol === 'udp' ? 'other' : name,
    name: `${protocol} ${readable(local)}${name === 'listening' ? '' : ` to ${readable(remote)}`}`,
    peer: peer === 0 ? null : peer,
    peerKnown: peer !== null,
    unread,
    unsent,
  };
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

async function unixSockets(): Promise<{ found: SocketInfo[]; missing: string[] }> {
  try {
    // -x: UNIX, -a: listening too, -n: numbers, -H: no header; one line each.
    const { stdout } = await run('ss', ['-xanH'], { timeout: LIMIT_MS, maxBuffer: MOST_BYTES });
    return { found: stdout.split('\n').flatMap((line) => parseUnix(line) ?? []), missing: [] };
  } catch (error) {
    const why = isSystemError(error) ? error.code : 'it failed';
    return { found: [], missing: [`the other ends of UNIX sockets: ss(8) of iproute2: ${why}`] };
  }
}

/** `u_str ESTAB 0 0 /path 123 * 456`. */
function parseUnix(line: string): SocketInfo | null {
  const found = /^u_\w+\s+(\S+)\s+(\d+)\s+(\d+)\s+(.*?)\s+(\d+)\s+(\S+)\s+(\d+)\s*$/.exec(line);
  if (found === null) return null;
  const [, state, unread, unsent, path, inode, , peer] = found;
  const listening = state === 'LISTEN';
  return {
    inode: Number(inode),
    protocol: 'unix',
    state: listening ? 'listening' : state === 'ESTAB' ? 'established' : 'other',
    name: path === '*' || path === undefined ? 'a socket pair' : path,
    peer: peer === '0' ? null : Number(peer),
    peerKnown: true,
    unread: listening ? 0 : Number(unread),
    unsent: listening ? 0 : Number(unsent),
  };
}
