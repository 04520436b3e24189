import type { Claims } from './claims.ts';
import type { HolderRecord } from './holder-record.ts';
import { survey } from './limits.ts';
import { slotName, slotsOf, ticketsOf } from './names.ts';
import type { Steps } from './operation.ts';

/** Who holds and who waits, at one look. */
export interface Census {
  readonly holders: readonly {
    readonly slot: number;
    /** Null where the holder has not yet said who it is. */
    readonly record: HolderRecord | null;
  }[];
  readonly waiting: number;
}

export function* census(claims: Claims): Steps<Census> {
  const { names, records } = yield* survey();
  const holders: Census['holders'][number][] = [];
  for (const slot of slotsOf(names, 'slot')) {
    if (!(yield* claims.isHeld(slotName(slot)))) continue;
    holders.push({ slot, record: records.find((record) => record.slot === slot) ?? null });
  }
  let waiting = 0;
  for (const { name } of ticketsOf(names)) if (yield* claims.isHeld(name)) waiting += 1;
  return { holders, waiting };
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
