import type { Diagnosis } from './diagnose.ts';

/** Whether two looks met the same threads in the same calls, and none had run in between. */
export function isSameStandstill(first: Diagnosis, second: Diagnosis): boolean {
  const before = threadsOf(first);
  const after = threadsOf(second);
  return before.length === after.length && before.every((thread, at) => thread === after[at]);
}

/** Switches count every time that a thread ran (`/proc/PID/task/TID/status`). */
function threadsOf({ scene }: Diagnosis): string[] {
  return [...scene.seen.processes.values()]
    .flatMap(({ pid, threads }) =>
      threads.map(({ now }) => {
        const call =
          now.syscall === null ? '' : `${now.syscall.number}(${now.syscall.args.join()})`;
        return `${pid}/${now.tid} ${call} ${now.voluntarySwitches} ${now.involuntarySwitches}`;
      }),
    )
    .toSorted();
}

/** A proof that nothing can go on, of a tree of which nothing was left unseen. */
export function isProof({ proven, hung, scene }: Diagnosis): boolean {
  return proven && hung && scene.seen.missing.length === 0;
}
