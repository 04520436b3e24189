import { hasEnded } from '../../process/proc-stat.ts';
import type { Wait } from '../graph/wait.ts';
import type { ObservedProcess } from '../observe/observation.ts';
import type { Root, Scene } from './hang-class.ts';
import { oncePerScene } from './once-per-scene.ts';

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

/** The living processes of the tree. */
export function living({ seen }: Scene): ObservedProcess[] {
  return [...seen.processes.values()].filter(({ now }) => !hasEnded(now));
}

/** What the threads of a process wait for. */
export function waitsOfProcess(scene: Scene, pid: number): readonly Wait[] {
  return waitsByPid(scene).get(pid) ?? [];
}

const waitsByPid = oncePerScene(({ waits }) => Map.groupBy(waits, ({ thread }) => thread.pid));

/** Nothing can end the wait any more. */
export function isStuck({ progress }: Scene, wait: Wait): boolean {
  return !progress.may.has(wait);
}
