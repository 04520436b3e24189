import type { Claims } from './claims.ts';
import { type HolderRecord, readRecords } from './holder-record.ts';
import { slotName, slotsOf, ticketsOf } from './names.ts';
import { done, type Steps } from './operation.ts';

/** The key's directory at one look. */
export interface Survey {
  readonly names: readonly string[];
  readonly records: readonly HolderRecord[];
}

/** @param except a slot whose record is of no interest */
export function* survey(except: number | null = null): Steps<Survey> {
  const names = yield* done({ op: 'names', path: '' });
  const slots = slotsOf(names, 'record').filter((slot) => slot !== except);
  return { names, records: yield* readRecords(slots) };
}

/**
 * The smallest limit among those who hold or wait now, ours included: slots from there on are
 * closed. Only who asked for less than we did is asked whether it lives.
 */
export function* smallestLimit(
  claims: Claims,
  { names, records }: Survey,
  own: { readonly limit: number; readonly slot: number },
): Steps<number> {
  let smallest = own.limit;
  const parties = [
    ...ticketsOf(names).map(({ name, limit }) => ({ name, limit })),
    ...records
      .filter(({ slot }) => slot !== own.slot)
      .map(({ slot, limit }) => ({ name: slotName(slot), limit })),
  ];
  for (const { name, limit } of parties) {
    if (limit < smallest && (yield* claims.isHeld(name))) smallest = limit;
  }
  return smallest;
}

/**
 * Whether nobody holds a slot from this one on, as one who came with a larger limit may. Nobody
 * takes one of those any more while we are there, so that this comes true at last.
 */
export function* nobodyFrom(claims: Claims, smallest: number, { names }: Survey): Steps<boolean> {
  for (const slot of slotsOf(names, 'slot').filter((each) => each >= smallest)) {
    if (yield* claims.isHeld(slotName(slot))) return false;
  }
  return true;
}

/** Whether there is a slot below the limit that nobody has taken. */
export function* isAnyFree(claims: Claims, limit: number): Steps<boolean> {
  for (let slot = 0; slot < limit; slot += 1) {
    if (!(yield* claims.isHeld(slotName(slot)))) return true;
  }
  return false;
}
