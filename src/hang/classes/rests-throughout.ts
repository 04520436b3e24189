import type { Wait } from '../graph/wait.ts';
import type { Scene } from './hang-class.ts';
import { movesByItself } from './idle.ts';

/**
 * Whether a wait, and all that it waits for in turn, moves nowhere: no thread behind it runs or has a
 * time at which it will. What somebody outside of the tree could do is left open.
 */
export function restsThroughout({ graph }: Scene, wait: Wait): boolean {
  return !graph.behind(wait).some(movesByItself);
}
