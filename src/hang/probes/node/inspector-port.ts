import { readProcDirectory, readProcFile, readProcLink } from '../../../process/proc-stat.ts';

/** Where somebody listens on this machine. */
export interface Listening {
  readonly host: '127.0.0.1' | '::1';
  readonly port: number;
}

/** include/net/tcp_states.h. */
const LISTEN = '0A';
const ANY_OR_LOOPBACK = /^(?:00000000|0100007F|0{32}|0{24}01000000|0{16}FFFF00000100007F)$/;

/** The ports at which a process listens on loopback, in the order of its descriptors. */
export function listeningPorts(pid: number): Listening[] {
  const inodes = readProcDirectory(`/proc/${pid}/fd`)
    .map(Number)
    .toSorted((a, b) => a - b)
    .flatMap(
      (fd) => /^socket:\[(\d+)\]$/.exec(readProcLink(`/proc/${pid}/fd/${fd}`) ?? '')?.[1] ?? [],
    );
  const byInode = new Map([...tableOf(pid, 'tcp'), ...tableOf(pid, 'tcp6')]);
  return inodes.flatMap((inode) => byInode.get(inode) ?? []);
}

function tableOf(pid: number, table: 'tcp' | 'tcp6'): [string, Listening][] {
  const lines = (readProcFile(`/proc/${pid}/net/${table}`) ?? '').split('\n').slice(1);
  return lines.flatMap((line): [string, Listening][] => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    const [address = '', port = '0'] = local.split(':');
    if (state !== LISTEN || inode === undefined || !ANY_OR_LOOPBACK.test(address)) return [];
    const host = table === 'tcp' || address.endsWith('FFFF00000100007F') ? '127.0.0.1' : '::1';
    return [[inode, { host, port: Number.parseInt(port, 16) }]];
  });
}

/** `--inspect`, `--inspect-brk=127.0.0.1:0`; not `--inspect-port`, which only prepares. */
const FLAG = /(?:^|\s)--inspect(?:-brk|-wait)?(?:=(?:\S*:)?(\d+)|(?=\s|$))/;

/**
 * Where the inspector listens that a Node was started with; null where it has none. A server of the
 * program's own is not asked whether it is one.
 */
export function armedInspector(pid: number): Listening | null {
  const options = environmentOf(pid).find((entry) => entry.startsWith('NODE_OPTIONS=')) ?? '';
  const line = (readProcFile(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ');
  const found = FLAG.exec(line) ?? FLAG.exec(options.slice('NODE_OPTIONS='.length));
  if (found === null) return null;
  const asked = Number(found[1] ?? 9229);
  const listening = listeningPorts(pid);
  // With port 0 it has any; the inspector listens before the program's first line is run.
  return (asked === 0 ? listening[0] : listening.find(({ port }) => port === asked)) ?? null;
}

function environmentOf(pid: number): string[] {
  return (readProcFile(`/proc/${pid}/environ`) ?? '').split('\0');
}
