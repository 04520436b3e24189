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
  const known = new Set(children);
  const pending = [...children];
  const found: ProcStat[] = [];
  for (const next of pending) {
    const stat = readProcStat(next);
    if (stat === null || spared.get(next) === stat.startTime) continue;
    found.push(stat);
    for (const child of childrenOf(next)) {
      if (known.has(child)) continue;
      known.add(child);
      pending.push(child);
    }
  }
  return { found, whole: childrenOf(pid).every((child) => known.has(child)) };
}

/** Whether the kernel shows the children of a process (CONFIG_PROC_CHILDREN). */
export function showsChildren(): boolean {
  return readProcFile(`/proc/${process.pid}/task/${process.pid}/children`) !== null;
}

function childrenOf(pid: number): number[] {
  return readProcDirectory(`/proc/${pid}/task`).flatMap((thread) =>
    (readProcFile(`/proc/${pid}/task/${thread}/children`) ?? '')
      .split(' ')
      .filter((word) => word !== '')
      .map(Number),
  );
}
