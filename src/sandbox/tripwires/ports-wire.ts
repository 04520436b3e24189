import { systemClock } from '../../core/clock.ts';
import { type Listening, describeListening, listeningSockets } from '../../process/listening.ts';
import { type Member, commandLine } from '../../process/member.ts';
import {
  readProcDirectory,
  readProcFile,
  readProcLink,
  readProcStat,
} from '../../process/proc-stat.ts';
import { Strangers } from '../../process/strangers.ts';
import type { Change, Look, Verified, Wire } from './wire.ts';

/** The kernel's unit of start times in `/proc`; it is 100 on all of Linux (sysconf(3), CLK_TCK). */
const TICKS_PER_SECOND = 100;

/**
 * Sockets that listen at the end of the run and did not before it, where their owner was started
 * during the run and may descend from it. It lies at the units that ran when the owner was started.
 */
export class PortsWire implements Wire {
  readonly faults: readonly string[] = [];
  readonly #before = new Set<number>();
  readonly #strangers = Strangers.toThisProcess();
  /** In ticks since boot. */
  #armedAt = 0;

  arm(): void {
    this.#armedAt = (uptimeSeconds() ?? 0) * TICKS_PER_SECOND;
    for (const { inode } of listening()) this.#before.add(inode);
  }

  look(at: Look): readonly Change[] {
    if (at === 'attempt') return [];
    const fresh = listening().filter(({ inode }) => !this.#before.has(inode));
    if (fresh.length === 0) return [];
    const byInode = new Map(fresh.map((socket) => [socket.inode, socket]));
    return this.#suspects().flatMap((member) =>
      socketsOf(member.pid).flatMap((inode) => {
        const socket = byInode.get(inode);
        byInode.delete(inode);
        return socket === undefined ? [] : [changeOf(socket, member)];
      }),
    );
  }

  verify(changes: readonly Change[]): ReadonlyMap<Change, Verified> {
    return new Map(changes.map((change) => [change, { change: 'opened', undone: false }]));
  }

  isKnownFor(): boolean {
    return false;
  }

  disarm(): void {}

  /** Processes that were started since, and are not provably somebody else's. */
  #suspects(): Member[] {
    return readProcDirectory('/proc').flatMap((name) => {
      const stat = /^\d+$/.test(name) ? readProcStat(Number(name)) : null;
      if (stat === null || stat.startTime < this.#armedAt) return [];
      if (this.#strangers === null || this.#strangers.meets(stat)) return [];
      const { pid, startTime, parent } = stat;
      const command = commandLine(pid) ?? stat.command;
      return [{ pid, startTime, parent, command, foundBy: ['listening socket'] }];
    });
  }
}

/** What waits for connections; sockets for datagrams come and go with every look-up of a name. */
function listening(): Listening[] {
  return listeningSockets().filter(({ protocol }) => protocol.startsWith('tcp'));
}

function changeOf(socket: Listening, by: Member): Change {
  const ago = (uptimeSeconds() ?? 0) - (by.startTime ?? 0) / TICKS_PER_SECOND;
  const at = systemClock.monotonic() - ago * 1_000;
  return { kind: 'port', what: describeListening(socket), files: [], at, by };
}

function socketsOf(pid: number): number[] {
  const dir = `/proc/${pid}/fd`;
  return readProcDirectory(dir).flatMap((descriptor) => {
    const inode = /^socket:\[(\d+)\]$/.exec(readProcLink(`${dir}/${descriptor}`) ?? '')?.[1];
    return inode === undefined ? [] : [Number(inode)];
  });
}

/** Null where there is no `/proc`. */
function uptimeSeconds(): number | null {
  const text = readProcFile('/proc/uptime');
  return text === null ? null : Number.parseFloat(text);
}
