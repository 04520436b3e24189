import type { Claim, Scene } from './classes/hang-class.ts';
import { isStuck } from './classes/scene.ts';
import type { Wait } from './graph/wait.ts';

/** So sure a claim must be to make another one its consequence. */
const LEAST_OF_CAUSE = 0.6;

/**
 * Orders claims: the surest first, but those last whose root does nothing but wait, however far off,
 * for the root of another one that is stuck. Of a chain its end is to blame, and not who waits for it.
 */
export function causesFirst<T extends Claim>(scene: Scene, claims: readonly T[]): T[] {
  const causes = claims
    .filter(({ confidence }) => confidence >= LEAST_OF_CAUSE)
    .map((claim) => rootWaits(scene, claim))
    .filter((waits) => waits.length > 0 && waits.every((wait) => isStuck(scene, wait)));
  const isConsequence = (claim: T): boolean => {
    const own = rootWaits(scene, claim);
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
function rootWaits({ waits }: Scene, { root }: Claim): Wait[] {
  return waits.filter(({ thread }) =>
    root.thread === null ? thread.pid === root.pid : thread.tid === root.thread.tid,
  );
}
