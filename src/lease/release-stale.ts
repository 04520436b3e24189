import type { Claims } from './claims.ts';
import { claimsOf } from './claims-of.ts';
import { mintName } from './identity.ts';
import { type OfKey, ofEveryKey } from './kept-leases.ts';
import { nonceOfPrivate, slotName, slotsOf, ticketsOf } from './names.ts';
import { attempted, done, type Steps } from './operation.ts';

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
    litter: yield* countSwept(names),
  };
}

function* countBuried(claims: Claims, names: readonly string[]): Steps<number> {
  let count = 0;
  for (const name of names) if (yield* claims.bury(name)) count += 1;
  return count;
}

function* countSwept(names: readonly string[]): Steps<number> {
  let count = 0;
  for (const path of names) {
    const nonce = nonceOfPrivate(path);
    if (nonce === null) continue;
    if ((yield* done({ op: 'judge', identity: nonce })) !== 'dead') continue;
    yield* sweep(path);
    count += 1;
  }
  return count;
}

/** A file, or a directory with nothing but files. Its maker is dead, and nobody else looks in. */
function* sweep(path: string): Steps<void> {
  const listed = yield* attempted({ op: 'names', path }, 'ENOENT', 'ENOTDIR');
  if (listed.ok) {
    for (const name of listed.value) {
      yield* attempted({ op: 'unlink', path: `${path}/${name}` }, 'ENOENT');
    }
    yield* attempted({ op: 'remove-directory', path }, 'ENOENT');
  } else yield* attempted({ op: 'unlink', path }, 'ENOENT');
}
