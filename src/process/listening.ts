import { readProcFile } from './proc-stat.ts';

/** A socket that waits for somebody to connect (TCP), or for datagrams (UDP). */
export interface Listening {
  readonly protocol: 'tcp' | 'tcp6' | 'udp' | 'udp6';
  readonly address: string;
  readonly port: number;
  /** By which a process's `/proc/PID/fd` names it. */
  readonly inode: number;
}

const PROTOCOLS = ['tcp', 'tcp6', 'udp', 'udp6'] as const;

/** TCP_LISTEN and, for UDP, "not connected" (TCP_CLOSE), as include/net/tcp_states.h numbers them. */
const WAITING = { tcp: '0A', tcp6: '0A', udp: '07', udp6: '07' } as const;

/**
 * The listening sockets in the network namespace of a process, as `/proc/PID/net/` shows them
 * (proc_net(5)); none where there is no `/proc`.
 */
export function listeningSockets(pid: number | 'self' = 'self'): Listening[] {
  return PROTOCOLS.flatMap((protocol) => {
    const text = readProcFile(`/proc/${pid}/net/${protocol}`) ?? '';
    return parseSockets(protocol, text);
  });
}

/** Parses one of `/proc/net/{tcp,tcp6,udp,udp6}` and keeps what listens. */
function parseSockets(protocol: Listening['protocol'], text: string): Listening[] {
  const sockets: Listening[] = [];
  for (const line of text.split('\n').slice(1)) {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    const [address, port] = local?.split(':') ?? [];
    if (state !== WAITING[protocol] || address === undefined || port === undefined) continue;
    sockets.push({
      protocol,
      address: readAddress(address),
      port: Number.parseInt(port, 16),
      inode: Number(inode),
    });
  }
  return sockets;
}

/** How people write it: `tcp 127.0.0.1:8080`, `tcp6 [::1]:8080`. */
export function describeListening({ protocol, address, port }: Listening): string {
  return `${protocol} ${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** The kernel prints addresses as 32-bit words in the machine's own byte order. */
function readAddress(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  for (let word = 0; word < bytes.length; word += 4) bytes.subarray(word, word + 4).reverse();
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    bytes.readUInt16BE(index * 2).toString(16),
  );
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
