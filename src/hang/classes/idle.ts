import type { Wait } from '../graph/wait.ts';
import type { Scene } from './hang-class.ts';
import { waitsOfProcess } from './scene.ts';

/**
 * Whether no thread of a process did anything between the looks or will do something by itself soon:
 * nothing runs, and nothing waits for a time, but for a loop's timer that is far away. Whether
 * somebody else may wake it is left open.
 */
export function isIdle(scene: Scene, pid: number): boolean {
  const waits = waitsOfProcess(scene, pid);
  return waits.length > 0 && !waits.some(movesByItself);
}

/**
 * Whether no thread of a process did anything between the looks. A loop that will look at its timers
 * some time rests, too; a call that waits for one thing with a limit does not: it ends by itself.
 */
export function isResting(scene: Scene, pid: number): boolean {
  const waits = waitsOfProcess(scene, pid);
  return (
    waits.length > 0 &&
    waits.every(({ kind, fds }) => kind !== 'running' && (kind !== 'time' || fds.length > 1))
  );
}

/** Whether the thread that leads a process waits for a time as well. */
export function hasTimers(scene: Scene, pid: number): boolean {
  return mainWait(scene, pid)?.kind === 'time';
}

/** A timer so far away is housekeeping: Node has one of 30 s for what it would do when idle. */
const FAR_MS = 10_000;

/** It runs, or it will by itself soon. */
export function movesByItself({ kind, sources, fds, limitMs = 0 }: Wait): boolean {
  if (kind === 'time' && fds.length > 1 && limitMs >= FAR_MS) return false;
  return kind === 'running' || sources.some((source) => source.kind === 'time');
}

/** The wait of a process that says most of why it does nothing else: not that of a pool's thread. */
export function mainWait(scene: Scene, pid: number): Wait | undefined {
  const waits = waitsOfProcess(scene, pid);
  return waits.find(({ thread }) => thread.tid === pid) ?? waits[0];
}

/** Whether one process is an ancestor of another, within the tree that was looked at. */
export function isAncestor({ seen }: Scene, ancestor: number, pid: number): boolean {
  const met = new Set<number>();
  for (let at = seen.processes.get(pid)?.now.parent; at !== undefined && !met.has(at);) {
    if (at === ancestor) return true;
    met.add(at);
    at = seen.processes.get(at)?.now.parent;
  }
  return false;
}
