import { type Frame, framePlace } from '../probes/stack.ts';

/** The innermost place in a program's own code, of several stacks that of the first that has one. */
export function ownPlace(stacks: readonly (readonly Frame[])[]): string | null {
  for (const frames of stacks) {
    const own = frames.find(({ line }) => line !== null);
    if (own !== undefined) return framePlace(own);
  }
  return null;
}
