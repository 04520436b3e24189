import type { Member } from '../process/member.ts';
import { readProcFile } from '../process/proc-stat.ts';

/**
 * A worker of a batch and all that came from it, the worker first; null where it is not among them,
 * as where a unit runs in a thread.
 *
 * @param pid as the framework's own process sees it, which may have a pid namespace of its own
 */
export function treeOfWorker(members: readonly Member[], pid: number): readonly Member[] | null {
  const worker = members.find((member) => ownPid(member.pid) === pid);
  if (worker === undefined) return null;
  const tree = [worker];
  // Grows while it is gone through: the children of each are looked for in turn.
  for (const { pid: parent } of tree) {
    tree.push(...members.filter((member) => member.parent === parent && !tree.includes(member)));
  }
  return tree;
}

/** Its pid in the innermost of its namespaces; null where it is gone. */
function ownPid(pid: number): number | null {
  const status = readProcFile(`/proc/${pid}/status`);
  if (status === null) return null;
  const pids = /^NSpid:\s+(.+)$/m.exec(status)?.[1]?.trim().split(/\s+/) ?? [String(pid)];
  return Number(pids.at(-1));
}
