import { commandLine } from '../process/member.ts';
import { countWaiting, heldForMs, holdersOf } from './census.ts';
import type { Backend } from './claims.ts';
import { claimsOf } from './claims-of.ts';
import type { HolderRecord } from './holder-record.ts';
import { identityIn, mintName, ownIdentity, standingOf } from './identity.ts';
import { type OfKey, ofEveryKey } from './kept-leases.ts';
import { monotonicMs } from './monotonic.ts';
import type { Kept } from './prepare-ground.ts';
import { tokenOf } from './token.ts';

/** A key with those who hold a permit of it now. */
export interface LeasesOfKey {
  readonly backend: Backend;
  readonly holders: readonly LeaseHolder[];
  /** How many wait. */
  readonly waiting: number;
}

/** Somebody who holds a permit; null where it can't be told. */
export interface LeaseHolder {
  readonly slot: number;
  readonly token: number | null;
  /** The limit that it came with. */
  readonly limit: number | null;
  readonly heldMs: number | null;
  readonly pid: number | null;
  /** The command line of the process now. */
  readonly command: string | null;
}

/** Who holds what, of every key below the root; {@link ofEveryKey} says what it throws. */
export function listLeases(root: string): OfKey<LeasesOfKey>[] {
  return ofEveryKey(root, leasesOf);
}

function leasesOf({ backend, ground }: Kept): LeasesOfKey {
  const claims = claimsOf(backend, mintName());
  const holders = ground.run(holdersOf(claims));
  const waiting = ground.run(countWaiting(claims));
  return { backend, waiting, holders: holders.map(({ slot, record }) => holder(slot, record)) };
}

function holder(slot: number, record: HolderRecord | null): LeaseHolder {
  const now = { boot: ownIdentity().boot, ms: monotonicMs() };
  const pid = record === null ? null : pidOf(record.holder);
  return {
    slot,
    token: record === null ? null : tokenOf(record),
    limit: record?.limit ?? null,
    heldMs: heldForMs(record, now),
    pid,
    command: pid === null ? null : commandLine(pid),
  };
}

/** Null where the process is gone, and what it started holds the permit; or nobody can say. */
function pidOf(name: string): number | null {
  return standingOf(name, ownIdentity()) === 'alive' ? (identityIn(name)?.pid ?? null) : null;
}
