import { handleText } from '../probes/node/resources.ts';
import type { Claim, Scene } from './hang-class.ts';
import { isResting } from './idle.ts';
import { insideNodes, rootInCode } from './inside-nodes.ts';
import { livelinessOf } from './node-liveliness.ts';

/**
 * A Node whose work is done, by what it says itself: no function of it awaits anything that could
 * still come, and handles that only wait to be spoken to keep it.
 */
export function keptByHandles(scene: Scene): Claim[] {
  return insideNodes(scene).flatMap(({ process, inside }) => {
    const { passive, active } = livelinessOf(inside);
    const [first] = passive;
    const isRoot = process.pid === scene.seen.root;
    if (!isRoot || first === undefined || active.length > 0) return [];
    if (inside.suspended?.length !== 0 || !isResting(scene, process.pid)) return [];
    const by = passive.slice(0, 5).map(handleText).join(', ');
    return [
      {
        root: { ...rootInCode(process, handleText(first)), fd: first.fd },
        confidence: 0.72,
        summary: `pid ${process.pid} has nothing more to do and stays: it is kept by ${by}`,
        decidedBy: [
          `its event loop is kept by ${by}, which only wait to be spoken to`,
          'no async function of it is suspended in an await that anything could still settle',
          'it has no timer, no request, no connection and no child under way',
        ],
        ruledOut: ['work that is slow: nothing of it is under way', 'a busy loop: it rests'],
        couldBe: [
          'a server that is meant to stay',
          'a function that awaits a promise which nobody can settle any more: V8 has forgotten both',
        ],
      },
    ];
  });
}
