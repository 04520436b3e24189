import type { Wait } from '../graph/wait.ts';
import type { Scene } from './hang-class.ts';
import { movesByItself } from './idle.ts';
import { oncePerScene } from './once-per-scene.ts';

/**
 * Whether a wait, and all that it waits for in turn, moves nowhere: no thread behind it runs or has a
 * time at which it will. What somebody outside of the tree could do is left open.
 */
export function restsThroughout(scene: Scene, wait: Wait): boolean {
  return !leadingToMotion(scene).has(wait);
}

const leadingToMotion = oncePerScene(({ waits, graph }: Scene): ReadonlySet<Wait> => {
  const moving = waits.filter(movesByItself);
  // Who moves may signal anybody.
  const forSignals = moving.length === 0 ? [] : waits.filter(({ kind }) => BY_SIGNAL.has(kind));
  return graph.leadingTo([...moving, ...forSignals]);
});

const BY_SIGNAL: ReadonlySet<string> = new Set(['signal', 'stopped']);
