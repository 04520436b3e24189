import type { Claims } from './claims.ts';
import { claimsOf } from './claims-of.ts';
import { mintName } from './identity.ts';
import { type OfKey, ofEveryKey } from './kept-leases.ts';
import { slotName, slotsOf, ticketsOf } from './names.ts';
import { done, type Steps } from './operation.ts';
import { sweepLitter } from './sweep-litter.ts';

/** What the dead had left; counts. */
export interface Stale {
  readonly permits: number;
  readonly tickets: number;
  /** What was prepared and never published. */
  readonly litter: number;
}

/**
 * Takes away what provably dead processes left, of every key below the root. Nobody needs it:
 * whoever comes next does what is in its own way. What locks of the kernel kept is free already.
 * {@link ofEveryKey} says what it throws.
 */
export function releaseStale(root: string): OfKey<Stale>[] {
  return ofEveryKey(root, ({ backend, ground }) =>
    ground.run(stale(claimsOf(backend, mintName()), backend === 'files')),
  );
}

function* stale(claims: Claims, slotsStay: boolean): Steps<Stale> {
  const names = yield* done({ op: 'names', path: '' });
  const slots = slotsStay ? slotsOf(names, 'slot').map(slotName) : [];
  const tickets = ticketsOf(names).map(({ name }) => name);
  return {
    permits: yield* countBuried(claims, slots),
    tickets: yield* countBuried(claims, tickets),
    litter: yield* sweepLitter(names),
  };
}

function* countBuried(claims: Claims, names: readonly string[]): Steps<number> {
  let count = 0;
  for (const name of names) if (yield* claims.bury(name)) count += 1;
  return count;
}
