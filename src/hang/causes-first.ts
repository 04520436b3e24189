import type { Claim, Scene } from './classes/hang-class.ts';
import { isStuck } from './classes/scene.ts';
import type { ThreadRef, Wait } from './graph/wait.ts';

/** So sure a claim must be to make another one its consequence. */
const LEAST_OF_CAUSE = 0.6;

/**
 * Orders claims: the surest first, but those last that tell of who only waits, however far off, for
 * the root of another one that is stuck. Of a chain its end is to blame, and not who waits for it.
 */
export function causesFirst<T extends Claim>(scene: Scene, claims: readonly T[]): T[] {
  const causes = claims
    .filter(({ confidence }) => confidence >= LEAST_OF_CAUSE)
    .map((claim) => rootWaits(scene, claim))
    .filter((waits) => waits.length > 0 && waits.every((wait) => isStuck(scene, wait)));
  const isConsequence = (claim: T): boolean => {
    const own = claim.waiter === undefined ? rootWaits(scene, claim) : waitsIn(scene, claim.waiter);
    return (
      own.length > 0 &&
      causes.some((waits) =>
        own.every((wait) => waits.some((cause) => scene.graph.waitsFor(wait, cause))),
      )
    );
  };
  const ranked = claims.map((claim) => ({ claim, last: isConsequence(claim) }));
  return ranked
    .toSorted((a, b) => Number(a.last) - Number(b.last) || b.claim.confidence - a.claim.confidence)
    .map(({ claim }) => claim);
}

/** What the thread of a root waits for, or the process, where it is laid at no thread. */
function rootWaits(scene: Scene, { root }: Claim): Wait[] {
  if (root.thread !== null) return waitsIn(scene, root.thread);
  return scene.waits.filter(({ thread }) => thread.pid === root.pid);
}

function waitsIn({ waits }: Scene, { tid }: ThreadRef): Wait[] {
  return waits.filter(({ thread }) => thread.tid === tid);
}
