import { type ProcStat, readProcStat } from './proc-stat.ts';

/**
 * Processes that can't descend from this one: their parent is older than it and none of its
 * ancestors, or is itself a stranger. Orphans are no argument against it: the kernel hands them to
 * an ancestor of what started them (PR_SET_CHILD_SUBREAPER(2const)), and of ours that is either
 * younger than this process or its own ancestor.
 */
export class Strangers {
  readonly #selfStarted: number;
  readonly #ancestors: ReadonlySet<number>;
  /** Their start times, since a pid may come back as somebody else's. */
  readonly #known = new Map<number, number>();

  private constructor(self: ProcStat) {
    this.#selfStarted = self.startTime;
    this.#ancestors = ancestorsOf(self);
  }

  /** Null where there is no `/proc` to tell them by. */
  static toThisProcess(): Strangers | null {
    const self = readProcStat(process.pid);
    return self === null ? null : new Strangers(self);
  }

  /** Whether it has been met before. */
  knows({ pid, startTime }: ProcStat): boolean {
    return this.#known.get(pid) === startTime;
  }

  /** Whether it is a stranger; from then on it is known. */
  meets({ pid, startTime, parent: parentPid }: ProcStat): boolean {
    if (this.#ancestors.has(parentPid)) return false;
    const parent = readProcStat(parentPid);
    if (parent === null) return false;
    if (parent.startTime >= this.#selfStarted && !this.knows(parent)) return false;
    this.#known.set(pid, startTime);
    return true;
  }

  forgetTheDead(living: ReadonlySet<number>): void {
    for (const pid of this.#known.keys()) if (!living.has(pid)) this.#known.delete(pid);
  }
}

function ancestorsOf(process: ProcStat): ReadonlySet<number> {
  const ancestors = new Set<number>();
  let next: ProcStat | null = process;
  while (next !== null && next.parent !== 0 && !ancestors.has(next.parent)) {
    ancestors.add(next.parent);
    next = readProcStat(next.parent);
  }
  return ancestors;
}
