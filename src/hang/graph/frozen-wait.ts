import { readProcFile } from '../../process/proc-stat.ts';
import type { ObservedThread } from '../observe/observation.ts';
import type { Decoded } from './decoded.ts';

/** Kernel functions in which what is frozen sleeps: of version 2 of control groups, then of version 1. */
const FROZEN_IN = /^(?:do_freezer_trap|get_signal|__refrigerator)\b/;

/** A thread whose control group is frozen: wherever it stands, what it waits for there decides nothing. */
export function frozenWait({ pid, now }: ObservedThread): Decoded | null {
  const isFrozen = FROZEN_IN.test(now.waitsIn ?? '') || (now.state === 'D' && isInFrozenGroup(pid));
  if (!isFrozen) return null;
  return {
    kind: 'frozen',
    what: 'is frozen by its control group',
    sources: [{ kind: 'outside', pid: null, via: 'whoever thaws its control group' }],
  };
}

/** Since Linux 6.1 what slept before is frozen where it sleeps, which shows as state D alone. */
function isInFrozenGroup(pid: number): boolean {
  const path = freezerGroupOf(pid);
  if (path === null) return false;
  return readProcFile(`/sys/fs/cgroup/freezer${path}/freezer.state`)?.trim() === 'FROZEN';
}

/** The group of version 1's freezer that a process is in (cgroups(7)). */
export function freezerGroupOf(pid: number): string | null {
  return /^\d+:freezer:(.*)$/m.exec(readProcFile(`/proc/${pid}/cgroup`) ?? '')?.[1] ?? null;
}
