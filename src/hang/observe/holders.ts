import { commandLine } from '../../process/member.ts';
import { readProcDirectory, readProcFile, readProcLink } from '../../process/proc-stat.ts';

/** A process that has one end of a pipe, a FIFO or a socket open. */
export interface Holder {
  readonly pid: number;
  readonly fd: number;
  readonly command: string;
  readonly readable: boolean;
  readonly writable: boolean;
}

export interface Holders {
  /** By what the descriptor's link leads to, such as `pipe:[123]`. */
  readonly byTarget: ReadonlyMap<string, readonly Holder[]>;
  /** Processes whose descriptors may not be read: they may hold anything. */
  readonly hidden: readonly number[];
}

/** So many descriptors are looked at in all, so that no machine makes it slow. */
const MOST = 200_000;

/** Who on this machine holds what is named, without touching anybody. */
export function findHolders(targets: ReadonlySet<string>): Holders {
  const byTarget = new Map<string, Holder[]>();
  const hidden: number[] = [];
  let looked = 0;
  for (const name of readProcDirectory('/proc')) {
    if (!/^\d+$/.test(name) || looked > MOST) continue;
    const pid = Number(name);
    const descriptors = readProcDirectory(`/proc/${pid}/fd`);
    if (descriptors.length === 0 && isHidden(pid)) hidden.push(pid);
    for (const fd of descriptors) {
      looked += 1;
      const target = readProcLink(`/proc/${pid}/fd/${fd}`);
      if (target === null || !targets.has(target)) continue;
      const holders = byTarget.get(target) ?? [];
      holders.push(holderOf(pid, Number(fd)));
      byTarget.set(target, holders);
    }
  }
  return { byTarget, hidden };
}

function holderOf(pid: number, fd: number): Holder {
  const info = readProcFile(`/proc/${pid}/fdinfo/${fd}`) ?? '';
  const access = Number.parseInt(/^flags:\s*(\d+)$/m.exec(info)?.[1] ?? '0', 8) & 3;
  return {
    pid,
    fd,
    command: commandLine(pid) ?? `pid ${pid}`,
    readable: access !== 1,
    writable: access !== 0,
  };
}

/** A kernel thread has no descriptors and no program; one of another user hides both. */
function isHidden(pid: number): boolean {
  return commandLine(pid) !== null && readProcLink(`/proc/${pid}/exe`) === null;
}
