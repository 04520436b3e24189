import type { Claims } from './claims.ts';
import type { HolderRecord } from './holder-record.ts';
import { survey } from './limits.ts';
import { slotName, slotsOf, ticketsOf } from './names.ts';
import { done, type Steps } from './operation.ts';

/** A permit that is held. */
export interface Held {
  readonly slot: number;
  /** Null where the holder has not yet said who it is. */
  readonly record: HolderRecord | null;
}

/** Who holds a permit now. */
export function* holdersOf(claims: Claims): Steps<Held[]> {
  const { names, records } = yield* survey();
  const holders: Held[] = [];
  for (const slot of slotsOf(names, 'slot')) {
    if (!(yield* claims.isHeld(slotName(slot)))) continue;
    holders.push({ slot, record: records.find((record) => record.slot === slot) ?? null });
  }
  return holders;
}

/** How many wait for one. */
export function* countWaiting(claims: Claims): Steps<number> {
  let waiting = 0;
  for (const { name } of ticketsOf(yield* done({ op: 'names', path: '' }))) {
    if (yield* claims.isHeld(name)) waiting += 1;
  }
  return waiting;
}

/**
 * For how long a permit has been held, milliseconds; null for a record of another boot, whose clock
 * is not ours.
 */
export function heldForMs(
  record: HolderRecord | null,
  now: { readonly boot: string; readonly ms: number },
): number | null {
  if (record === null || record.boot !== now.boot) return null;
  return Math.max(0, now.ms - record.sinceMs);
}
