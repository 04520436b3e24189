import { ownChildren } from './own-children.ts';
import { type ProcStat, readProcDirectory, readProcFile, readProcStat } from './proc-stat.ts';

/** The processes below one, as far as one walk could see. */
export interface Descendants {
  /** Parents before their children; those that have ended and were not yet reaped, too. */
  readonly found: readonly ProcStat[];
  /** No orphan was given to the top while it was walked: nobody who was there all the time is missing. */
  readonly whole: boolean;
}

/**
 * Walks down from a process by `/proc/PID/task/TID/children` (proc_tid_children(5), Linux 4.2), so
 * that it costs as much as there are descendants, whatever else runs. Below a subreaper it can miss
 * only those whose parent ends meanwhile, and they become children of the subreaper before their
 * parent has ended: where it has no new ones at the end of the walk, nobody is missing.
 *
 * @param spared the start times of those that are left out with all below them, by pid
 */
export function descendantsOf(
  pid: number,
  spared: ReadonlyMap<number, number> = new Map(),
): Descendants {
  const children = childrenOf(pid);
  const found = walk(children, spared);
  const known = new Set([...children, ...found.map((stat) => stat.pid)]);
  return { found, whole: childrenOf(pid).every((child) => known.has(child)) };
}

function walk(from: readonly number[], spared: ReadonlyMap<number, number>): ProcStat[] {
  const known = new Set(from);
  const pending = [...from];
  const found: ProcStat[] = [];
  for (const next of pending) {
    const stat = readProcStat(next);
    if (stat === null || spared.get(next) === stat.startTime) continue;
    found.push(stat);
    for (const child of childrenOf(next, stat.threads)) {
      if (known.has(child)) continue;
      known.add(child);
      pending.push(child);
    }
  }
  return found;
}

/**
 * The orphans that were given to this process and are not held, and all below them. Mostly there is
 * none, which one file says: an orphan goes to the first thread of its new parent.
 *
 * @param held who is held otherwise; asked only where there are orphans
 */
export function straysOfThisProcess(
  held: () => ReadonlySet<number>,
  spared: ReadonlyMap<number, number>,
): Descendants {
  const orphans = adoptedByThisProcess();
  if (orphans.length === 0) return { found: [], whole: true };
  const within = held();
  const strays = orphans.filter((pid) => !within.has(pid));
  if (strays.length === 0) return { found: [], whole: true };
  const found = walk(strays, spared);
  const known = new Set([...orphans, ...found.map(({ pid }) => pid)]);
  return { found, whole: adoptedByThisProcess().every((pid) => known.has(pid)) };
}

/** The orphans that were given to this process, the ended ones included. */
export function adoptedByThisProcess(): number[] {
  const { pid } = process;
  return pidsIn(`/proc/${pid}/task/${pid}/children`).filter((child) => !ownChildren.has(child));
}

/** Whether the kernel shows the children of a process (CONFIG_PROC_CHILDREN). */
export function showsChildren(): boolean {
  return readProcFile(`/proc/${process.pid}/task/${process.pid}/children`) !== null;
}

function childrenOf(pid: number, threads = Infinity): number[] {
  if (threads === 1) return pidsIn(`/proc/${pid}/task/${pid}/children`);
  return readProcDirectory(`/proc/${pid}/task`).flatMap((thread) =>
    pidsIn(`/proc/${pid}/task/${thread}/children`),
  );
}

function pidsIn(path: string): number[] {
  const words = (readProcFile(path) ?? '').split(' ');
  return words.filter((word) => word !== '').map(Number);
}
