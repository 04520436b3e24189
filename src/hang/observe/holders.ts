import { commandLine } from '../../process/member.ts';
import { EVENTFD, eventfdIn } from './descriptors.ts';
import {
  descendsFrom,
  hasEnded,
  readProcDirectory,
  readProcFile,
  readProcLink,
  readProcStat,
} from '../../process/proc-stat.ts';

/** A process that has one end of a pipe, a FIFO or a socket open. */
export interface Holder {
  readonly pid: number;
  readonly fd: number;
  readonly command: string;
  readonly readable: boolean;
  readonly writable: boolean;
  /** Of the process, where it was still there: who started it, and in which session. */
  readonly parent?: number;
  readonly session?: number;
  /** The kinds of locks that its open file has, such as `FLOCK` (proc_locks(5)). */
  readonly locks?: readonly string[];
}

export interface Holders {
  /** By what the descriptor's link leads to, such as `pipe:[123]`; an eventfd by its name. */
  readonly byTarget: ReadonlyMap<string, readonly Holder[]>;
  /**
   * Processes whose descriptors may not be read and which may have come by the tree's: they may
   * hold anything.
   */
  readonly hidden: readonly number[];
}

/** So many descriptors are looked at in all, so that no machine makes it slow. */
const MOST = 200_000;

/**
 * Who on this machine holds what is named, without touching anybody.
 *
 * @param root of the tree that is looked at; it tells which hidden processes could have a part in it
 */
export function findHolders(targets: ReadonlySet<string>, root: number): Holders {
  const byTarget = new Map<string, Holder[]>();
  const hidden: number[] = [];
  let looked = 0;
  for (const name of readProcDirectory('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    const descriptors = looked > MOST ? [] : readProcDirectory(`/proc/${pid}/fd`);
    if (looked > MOST || (descriptors.length === 0 && isHidden(pid))) {
      if (mayTakePart(pid, root)) hidden.push(pid);
      continue;
    }
    for (const fd of descriptors) {
      looked += 1;
      const target = readProcLink(`/proc/${pid}/fd/${fd}`);
      if (target === null || !targets.has(target)) continue;
      const info = readProcFile(`/proc/${pid}/fdinfo/${fd}`) ?? '';
      const end = target === EVENTFD ? (eventfdIn(info).eventfd ?? target) : target;
      const holders = byTarget.get(end) ?? [];
      holders.push(holderOf(pid, Number(fd), info));
      byTarget.set(end, holders);
    }
  }
  return { byTarget, hidden };
}

function holderOf(pid: number, fd: number, info: string): Holder {
  const access = Number.parseInt(/^flags:\s*(\d+)$/m.exec(info)?.[1] ?? '0', 8) & 3;
  const stat = readProcStat(pid);
  return {
    pid,
    fd,
    command: commandLine(pid) ?? `pid ${pid}`,
    readable: access !== 1,
    writable: access !== 0,
    locks: [...info.matchAll(/^lock:\s+\d+:\s+(\w+)/gm)].map(([, kind = '']) => kind),
    ...(stat === null ? {} : { parent: stat.parent, session: stat.session }),
  };
}

/**
 * A kernel thread has no descriptors and no program; one of another user hides both. One whose first
 * thread has ended shows none either, and its other threads have them (proc_pid_fd(5)).
 */
function isHidden(pid: number): boolean {
  const stat = readProcStat(pid);
  if (stat === null || hasEnded(stat)) return false;
  if (stat.state === 'Z') return true;
  return commandLine(pid) !== null && readProcLink(`/proc/${pid}/exe`) === null;
}

/**
 * Pipes and socket pairs are inherited: who may have one of the tree's is of its session, came from
 * it, or was given to one above it when what had started it ended. Another user's daemon has none,
 * and nor has init; without this nothing could be proven but by root. Whoever feeds the tree from
 * above and hides is noticed by that nobody else has the other end.
 */
function mayTakePart(pid: number, root: number): boolean {
  const its = readProcStat(pid);
  const top = readProcStat(root);
  if (its === null || top === null) return its !== null;
  if (its.session === top.session || descendsFrom(its, root)) return true;
  return its.startTime >= top.startTime && descendsFrom(top, its.parent);
}
