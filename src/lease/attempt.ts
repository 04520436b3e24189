import type { Claims } from './claims.ts';
import { type HolderRecord, writeRecord } from './holder-record.ts';
import { nobodyFrom, smallestLimit, survey } from './limits.ts';
import { slotName, slotsOf, ticketsOf } from './names.ts';
import { done, Obstacle, type Steps } from './operation.ts';
import { wakeFirst, whoIsBefore } from './queue.ts';
import { drawCount, tokenOf } from './token.ts';

/** Who tries to acquire, and by what. */
export interface Contender {
  readonly claims: Claims;
  readonly limit: number;
  /** A name of {@link mintName}; of this acquisition and no other. */
  readonly nonce: string;
  readonly boot: string;
  /** Milliseconds of the monotonic clock, which all processes share. */
  now(): number;
}

export type Attempt =
  | {
      readonly kind: 'acquired';
      readonly slot: number;
      readonly token: number;
      /** The smallest limit among those that were asked for by who is there. */
      readonly limit: number;
    }
  | {
      readonly kind: 'busy';
      /** `queue`: others wait longer. `held`: all are taken. `limit`: one with a larger limit stays. */
      readonly why: 'queue' | 'held' | 'limit';
      /** The ticket that is served first. */
      readonly first: string | null;
      /** How many tickets there are before ours. */
      readonly before: number;
    }
  /** The directory, or our ticket in it, was taken away: make it again. */
  | { readonly kind: 'ground-gone' }
  | { readonly kind: 'failed'; readonly code: string; readonly because: string };

/** Errors that mean that what we stood on was taken away: also by another host (NFS). */
const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ESTALE']);

/**
 * One full attempt to acquire a permit, in a bounded number of steps.
 *
 * The order makes it safe where limits differ: claim a slot, publish the limit, then look at all
 * others. Of two who do so at once, at least one sees the other.
 *
 * @param ticket our place in the queue; null where we don't wait yet
 */
export function* attempt(
  contender: Contender,
  ticket: string | null,
  overlooked: ReadonlySet<string>,
): Steps<Attempt> {
  return yield* facingObstacles(function* () {
    const names = yield* done({ op: 'names', path: '' });
    const tickets = ticketsOf(names);
    const place = tickets.findIndex(({ name }) => name === ticket);
    if (ticket !== null && place < 0) return { kind: 'ground-gone' };
    const before = ticket === null ? tickets.length : place;
    const first = yield* whoIsBefore(contender.claims, tickets, ticket, overlooked);
    if (first !== null) return { kind: 'busy', why: 'queue', first, before };
    const used = slotsOf(names, 'slot');
    const slot = yield* claimAny(contender, used);
    if (slot === null) return { kind: 'busy', why: 'held', first: null, before };
    const settled = yield* facingObstacles(() => settle(contender, slot, used));
    if (settled.kind !== 'acquired') yield* contender.claims.release(slotName(slot), 'slot');
    return settled;
  });
}

function* claimAny({ claims, limit }: Contender, used: readonly number[]): Steps<number | null> {
  for (let slot = 0; slot < limit; slot += 1) {
    yield* done({ op: 'rest', at: 'claiming', on: [slot, ...used] });
    if ((yield* claims.claim(slotName(slot), 'slot')) === 'claimed') return slot;
  }
  return null;
}

/**
 * With a slot claimed: draws the token, publishes our limit, and looks at the others'.
 *
 * @param used the slots that were there when the attempt began: whoever had acquired by then has
 *   one of them
 */
function* settle(contender: Contender, slot: number, used: readonly number[]): Steps<Attempt> {
  const { claims, limit, boot, nonce: holder } = contender;
  const slots = [...new Set([slot, ...used])];
  yield* done({ op: 'rest', at: 'claimed', on: slots });
  const { count, reserved } = yield* drawCount({ slot, boot, holder }, slots);
  yield* done({ op: 'rest', at: 'drawn', on: [slot, count, reserved] });
  const sinceMs = Math.round(contender.now());
  const record: HolderRecord = { slot, limit, count, reserved, boot, sinceMs, holder };
  yield* writeRecord(record);
  yield* done({ op: 'rest', at: 'published', on: [slot, count, reserved] });
  const seen = yield* survey(slot);
  const smallest = yield* smallestLimit(claims, seen, { limit, slot });
  if (slot < smallest && (yield* nobodyFrom(claims, smallest, seen))) {
    return { kind: 'acquired', slot, token: tokenOf(record), limit: smallest };
  }
  return { kind: 'busy', why: 'limit', first: null, before: 0 };
}

/** Gives a permit back and wakes who is next. */
export function* giveBack(claims: Claims, slot: number): Steps<'released' | 'lost'> {
  const released = yield* claims.release(slotName(slot), 'slot');
  try {
    yield* wakeFirst();
  } catch (error) {
    // The permit is free; who waits finds it in its time.
    if (!(error instanceof Obstacle)) throw error;
  }
  return released;
}

/** Says what an obstacle on the way comes to. */
function* facingObstacles(steps: () => Steps<Attempt>): Steps<Attempt> {
  try {
    return yield* steps();
  } catch (error) {
    if (!(error instanceof Obstacle)) throw error;
    if (GONE.has(error.code)) return { kind: 'ground-gone' };
    return { kind: 'failed', code: error.code, because: error.message };
  }
}
