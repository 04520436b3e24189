import { hasEnded } from '../../process/proc-stat.ts';
import type { Wait } from '../graph/wait.ts';
import type { ObservedProcess } from '../observe/observation.ts';
import type { Root, Scene } from './hang-class.ts';

/** The root of a claim that is laid at what a thread waits on. */
export function rootOfWait(
  { seen }: Scene,
  { thread, fds }: Wait,
  place: string | null = null,
): Root {
  const process = seen.processes.get(thread.pid);
  return {
    pid: thread.pid,
    command: process?.now.commandLine ?? `pid ${thread.pid}`,
    thread,
    fd: fds.length === 1 ? (fds[0] ?? null) : null,
    place,
  };
}

/** The root of a claim that is laid at a process as a whole. */
export function rootOfProcess({ pid, now }: ObservedProcess, place: string | null = null): Root {
  return { pid, command: now.commandLine, thread: null, fd: null, place };
}

/** The children of a process that are in the tree, zombies included. */
export function childrenOf({ seen }: Scene, pid: number): ObservedProcess[] {
  return [...seen.processes.values()].filter(({ now }) => now.parent === pid);
}

/** The living processes of the tree. */
export function living({ seen }: Scene): ObservedProcess[] {
  return [...seen.processes.values()].filter(({ now }) => !hasEnded(now));
}

/** What the threads of a process wait for. */
export function waitsOfProcess({ waits }: Scene, pid: number): Wait[] {
  return waits.filter(({ thread }) => thread.pid === pid);
}

/** Nothing can end the wait any more. */
export function isStuck({ progress }: Scene, wait: Wait): boolean {
  return !progress.may.has(wait);
}

/** Share of the time that a thread ran or could have run, from 0 to 1; null where it is not counted. */
export function busyShare({ seen }: Scene, pid: number, tid: number): number | null {
  const thread = seen.processes.get(pid)?.threads.find(({ now }) => now.tid === tid);
  if (thread === undefined) return null;
  const { before, now } = thread;
  if (now.cpuNs === null || before.cpuNs === null) return null;
  const delay = (now.runDelayNs ?? 0) - (before.runDelayNs ?? 0);
  return Math.min(1, (now.cpuNs - before.cpuNs + delay) / (seen.windowMs * 1e6));
}
