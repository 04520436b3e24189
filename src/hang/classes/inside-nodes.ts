import type { ObservedProcess } from '../observe/observation.ts';
import type { NodeInside } from '../probes/node/node-inside.ts';
import type { Root, Scene } from './hang-class.ts';
import { living } from './scene.ts';

/** A Node that told what it is at. */
export interface InsideNode {
  readonly process: ObservedProcess;
  readonly inside: NodeInside;
}

/** The Nodes of the tree that were asked through their inspector, and answered. */
export function insideNodes(scene: Scene): InsideNode[] {
  return living(scene).flatMap((process) =>
    (scene.seen.findings ?? []).flatMap(({ pid, node }) =>
      pid === process.pid && node !== undefined ? [{ process, inside: node }] : [],
    ),
  );
}

/** The root of a claim that is laid at a place in the code that the main thread of a Node runs. */
export function rootInCode({ pid, now }: ObservedProcess, place: string | null): Root {
  return { pid, command: now.commandLine, thread: { pid, tid: pid }, fd: null, place };
}
