import type { ThreadRef } from '../graph/wait.ts';
import type { Root, Scene } from './hang-class.ts';
import { placeOfThread } from './stacks.ts';

/** The root of a claim that is laid at what a thread does: where its code is, if anybody told. */
export function rootOfThread(scene: Scene, thread: ThreadRef, place: string | null = null): Root {
  return {
    pid: thread.pid,
    command: scene.seen.processes.get(thread.pid)?.now.commandLine ?? `pid ${thread.pid}`,
    thread,
    fd: null,
    place: placeOfThread(scene, thread) ?? place,
  };
}
