import { type Frame, framePlace } from '../probes/stack.ts';
import { handleText } from '../probes/node/resources.ts';
import type { SuspendedFunction } from '../probes/node/node-inside.ts';
import { isResting } from './idle.ts';
import type { Claim, HangClass, Scene } from './hang-class.ts';
import { type InsideNode, insideNodes, rootInCode } from './inside-nodes.ts';
import { livelinessOf } from './node-liveliness.ts';
import { living } from './scene.ts';

/** An async function awaits what nothing is at work on. */
export const promiseNeverSettles: HangClass = {
  name: 'promise-never-settles',
  title: 'an async function awaits a promise that nothing is at work on',
  causes: [
    'The event that would settle it was emitted before anybody listened, or has another name.',
    'A path of the code calls neither resolve nor reject: an error, an early return, a callback that is never called.',
    'Two async functions await each other.',
  ],
  fixes: [
    'Look at who would settle the promise of the await that is named; listen before it is started.',
    'Give the wait a limit that names what was awaited (AbortSignal.timeout, once(…, { signal })).',
  ],
  decidedBy:
    'The inspector of a Node says that its loop rests, which rules out a busy loop, while async functions are suspended in an await; where it has no timer, request, connection or child and nobody else of the tree is at work, an operation that is slow is ruled out, too.',
  confusedWith: [
    {
      name: 'exit-blocked',
      toldApartBy:
        'there no async function is suspended, or the framework says that all tests are over.',
    },
    {
      name: 'asyncio-task-never-settles',
      toldApartBy: 'there the loop is one of Python, and its stacks tell of the tasks.',
    },
    {
      name: 'accept-without-client',
      toldApartBy: 'from outside both may be a server at rest; the inspector tells of the await.',
    },
    {
      name: 'silent-peer',
      toldApartBy:
        'from outside both may be a connection at rest; where one is open, only the code at the await decides.',
    },
    {
      name: 'timers-only',
      toldApartBy:
        'from outside both may be a loop with a timer; where one is set, only the code at the await decides.',
    },
  ],
  claim: (scene) => insideNodes(scene).flatMap((node) => claimOf(scene, node)),
};

function claimOf(scene: Scene, { process, inside }: InsideNode): Claim[] {
  const [first, ...more] = inside.suspended ?? [];
  if (inside.main !== 'idle' || first === undefined || !isResting(scene, process.pid)) return [];
  const { passive, active: own } = livelinessOf(inside);
  const active = [...own, ...othersAtWork(scene, process.pid)];
  const place = framePlace(first);
  const others = more.slice(0, 4).map(framePlace);
  const alive = active.slice(0, 4).join(', ');
  return [
    {
      root: rootInCode(process, place),
      confidence: active.length === 0 ? 0.82 : 0.54,
      summary: `pid ${process.pid} awaits at ${place}${active.length === 0 ? ', and nothing in it is at work on that' : `, with ${alive} alive`}`,
      decidedBy: [
        `its event loop rests, and ${chainText(first)}`,
        active.length === 0
          ? `nothing of it will act by itself: ${passive.length === 0 ? 'no handle, no timer, no request' : `only ${passive.slice(0, 4).map(handleText).join(', ')}`}`
          : `alive are ${alive}`,
        ...(others.length === 0 ? [] : [`other functions wait, too: ${others.join(', ')}`]),
      ],
      ruledOut: [
        'a busy loop: it rests',
        ...(active.length === 0
          ? ['a slow operation: no request, no timer, no connection and no child is under way']
          : []),
      ],
      couldBe:
        active.length === 0
          ? ['a wait for somebody outside who connects, or for a signal']
          : [`a wait for ${alive}, which may yet bring it`],
      ...(active.length === 0
        ? {}
        : { undecided: `whether ${alive} can settle what is awaited, by the code at ${place}` }),
    },
  ];
}

/** Whoever else of the tree does something may be what is awaited. */
function othersAtWork(scene: Scene, pid: number): string[] {
  return living(scene)
    .filter((other) => other.pid !== pid && !isResting(scene, other.pid))
    .map((other) => `pid ${other.pid}, which is at work`);
}

function chainText(leaf: SuspendedFunction): string {
  const chain: Frame[] = [leaf, ...leaf.awaitedBy];
  return `its async functions are suspended: ${chain.slice(0, 5).map(framePlace).join(', awaited by ')}`;
}
