import type { ThreadRef } from '../graph/wait.ts';
import { framePlace } from '../probes/stack.ts';
import type { Root, Scene } from './hang-class.ts';

/** The root of a claim that is laid at what a thread does: where its code is, if anybody told. */
export function rootOfThread(
  { seen }: Scene,
  thread: ThreadRef,
  place: string | null = null,
): Root {
  const stack = (seen.findings ?? [])
    .filter(({ pid }) => pid === thread.pid)
    .flatMap(({ stacks }) => stacks)
    .find(({ tid }) => tid === thread.tid);
  const frame = stack?.frames.find(({ line }) => line !== null);
  return {
    pid: thread.pid,
    command: seen.processes.get(thread.pid)?.now.commandLine ?? `pid ${thread.pid}`,
    thread,
    fd: null,
    place: frame === undefined ? place : framePlace(frame),
  };
}
