import { hasEnded } from '../../process/proc-stat.ts';
import type { Wait } from '../graph/wait.ts';
import type { ObservedProcess } from '../observe/observation.ts';
import type { Root, Scene } from './hang-class.ts';
import { oncePerScene } from './once-per-scene.ts';
import { placeOfThread } from './stacks.ts';

/** The root of a claim that is laid at what a thread waits on, and where its code does that. */
export function rootOfWait(scene: Scene, { thread, fds }: Wait, place: string | null = null): Root {
  const code = placeOfThread(scene, thread);
  return {
    pid: thread.pid,
    command: scene.seen.processes.get(thread.pid)?.now.commandLine ?? `pid ${thread.pid}`,
    thread,
    fd: fds.length === 1 ? (fds[0] ?? null) : null,
    place: [place, code].filter((part) => part !== null).join(' at ') || null,
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
