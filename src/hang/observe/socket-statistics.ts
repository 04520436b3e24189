import { isSystemError } from '../../core/errors.ts';
import { execOwn } from '../../process/exec-own.ts';
import type { SocketInfo } from './sockets.ts';

/** It takes some 20 ms; a machine may be loaded. */
const LIMIT_MS = 1_000;
const MOST_BYTES = 16 << 20;

/** What only the kernel's socket diagnosis tells (sock_diag(7)), and not `/proc/net`. */
export interface SocketStatistics {
  readonly unix: readonly SocketInfo[];
  /** Of TCP sockets, by inode. */
  readonly traffic: ReadonlyMap<number, Traffic>;
  readonly missing: readonly string[];
}

/** What a TCP socket has said and heard. */
export interface Traffic {
  /** How long ago it last received something, or was connected, milliseconds. */
  readonly receivedMs: number;
  /** It sent something after that: an answer is due. */
  readonly spokeLast: boolean;
}

/**
 * Asks ss(8) for the sockets of our own network namespace: of UNIX sockets `/proc/net/unix` tells
 * neither the other end nor the queues. It changes nothing of any socket.
 */
export async function socketStatistics(): Promise<SocketStatistics> {
  try {
    // -x UNIX, -t TCP, -a listening too, -n numbers, -e inode and pending clients, -m memory,
    // -i how long nothing came, -O one line each, -H no header.
    const stdout = await execOwn('ss', ['-xtanemiOH'], {
      timeoutMs: LIMIT_MS,
      maxBytes: MOST_BYTES,
    });
    return { ...parseStatistics(stdout), missing: [] };
  } catch (error) {
    const why = isSystemError(error) ? error.code : 'it failed';
    const what = `the other ends of UNIX sockets: ss(8) of iproute2: ${why}`;
    return { unix: [], traffic: new Map(), missing: [what] };
  }
}

/** The answer of `ss -xtanemiOH`. */
export function parseStatistics(text: string): Omit<SocketStatistics, 'missing'> {
  const unix: SocketInfo[] = [];
  const traffic = new Map<number, Traffic>();
  const pendingAt = new Map<number, number>();
  for (const line of text.split('\n')) {
    const socket = parseUnix(line);
    if (socket !== null) {
      unix.push(socket);
      for (const client of pendingIn(line)) pendingAt.set(client, socket.inode);
      continue;
    }
    const inode = /\bino:(\d+)/.exec(line)?.[1];
    const received = /\blastrcv:(\d+)/.exec(line)?.[1];
    if (inode === undefined || received === undefined) continue;
    traffic.set(Number(inode), { receivedMs: Number(received), spokeLast: spokeLast(line) });
  }
  const withPending = unix.map((socket): SocketInfo => {
    const listener = pendingAt.get(socket.inode);
    return listener === undefined || socket.peer !== null
      ? socket
      : { ...socket, pendingAt: listener };
  });
  return { unix: withPending, traffic };
}

/** `u_str ESTAB 0 0 /path 123 * 456 skmem:(r0,rb212992,t0,tb212992,…) <->`. */
function parseUnix(line: string): SocketInfo | null {
  const found = /^(u_\w+)\s+(\S+)\s+(\d+)\s+(\d+)\s+(.*?)\s+(\d+)\s+(\S+)\s+(\d+)(?:\s|$)/.exec(
    line,
  );
  if (found === null) return null;
  const [, type, state, unread, unsent, path, inode, , peer] = found;
  const isListening = state === 'LISTEN';
  const memory = /skmem:\([^)]*\bt(\d+),tb(\d+)/.exec(line);
  return {
    inode: Number(inode),
    protocol: 'unix',
    state: isListening ? 'listening' : state === 'ESTAB' ? 'established' : 'other',
    name: path === '*' || path === undefined ? 'a socket pair' : path,
    peer: peer === '0' ? null : Number(peer),
    peerKnown: true,
    unread: isListening ? 0 : Number(unread),
    unsent: isListening ? 0 : Number(unsent),
    isNamed: path !== '*',
    isDatagram: type === 'u_dgr',
    // sock_alloc_send_pskb() of the kernel lets a writer wait from here on.
    isFull: memory !== null && Number(memory[1]) >= Number(memory[2]),
  };
}

/** ss(8) leaves out what is 0. A first question is sent within the millisecond of the connection. */
function spokeLast(line: string): boolean {
  const after = (key: string): number =>
    Number(new RegExp(`\\b${key}:(\\d+)`).exec(line)?.[1] ?? 0);
  if (after('bytes_sent') === 0) return false;
  return after('bytes_received') === 0 || after('lastsnd') < after('lastrcv');
}

/** Of a listening socket: the inodes of those whose connections nobody has accepted yet. */
function pendingIn(line: string): number[] {
  const list = /\bpeers:((?:\s+\d+)+)/.exec(line)?.[1] ?? '';
  return list.trim().split(/\s+/).filter(Boolean).map(Number);
}
