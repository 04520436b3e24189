import type { Lock } from '../probes/stack.ts';
import type { StackOf } from './stacks.ts';

/** Somebody who waits for a lock that somebody else, or he himself, holds. */
export interface LockWait {
  readonly waiter: StackOf;
  readonly lock: Lock;
  readonly holder: StackOf;
}

/** Who waits for whom, by the locks that the stacks of one process hold and await. */
export function lockWaits(stacks: readonly StackOf[]): LockWait[] {
  return stacks.flatMap((waiter): LockWait[] => {
    const { waitsFor } = waiter;
    if (waitsFor === undefined) return [];
    for (const holder of stacks) {
      const lock = holder.holds?.find(({ id }) => id === waitsFor.id);
      if (lock !== undefined) return [{ waiter, lock, holder }];
    }
    return [];
  });
}

/** The circles among them, each once and from any of its members on. */
export function lockCycles(waits: readonly LockWait[]): [LockWait, ...LockWait[]][] {
  const cycles: [LockWait, ...LockWait[]][] = [];
  const done = new Set<StackOf>();
  for (const first of waits) {
    const path: LockWait[] = [];
    for (let at: LockWait | undefined = first; at !== undefined && !done.has(at.waiter);) {
      done.add(at.waiter);
      path.push(at);
      const { holder }: LockWait = at;
      const start = path.findIndex(({ waiter }) => waiter === holder);
      const [member, ...rest] = start < 0 ? [] : path.slice(start);
      if (member !== undefined) {
        cycles.push([member, ...rest]);
        break;
      }
      at = waits.find(({ waiter }) => waiter === holder);
    }
  }
  return cycles;
}
