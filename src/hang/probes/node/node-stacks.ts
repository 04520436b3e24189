import type { Stack } from '../stack.ts';
import type { NodeInside } from './node-inside.ts';

/** What a Node said, as stacks like those of any other language. */
export function nodeStacks(
  { busy, suspended = [], workers = [] }: NodeInside,
  pid: number,
): Stack[] {
  const pauses = busy?.pauses ?? [];
  // The one that shows most of the program's own code: some halts are in Node's between two calls.
  const best = pauses.toSorted((a, b) => ownFrames(b) - ownFrames(a))[0];
  return [
    ...(best === undefined
      ? []
      : [{ language: 'node', of: 'thread', tid: pid, name: 'main', frames: best } as const]),
    ...suspended.map(({ awaitedBy, ...frame }): Stack => ({
      language: 'node',
      of: 'task',
      tid: null,
      name: frame.function,
      frames: [frame, ...awaitedBy],
      state: 'suspended in await',
    })),
    ...workers.map(({ name, state, frames }): Stack => ({
      language: 'node',
      of: 'thread',
      tid: null,
      name,
      frames,
      state,
    })),
  ];
}

function ownFrames(frames: Stack['frames']): number {
  return frames.filter(({ line }) => line !== null).length;
}
