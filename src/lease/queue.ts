import type { Claims } from './claims.ts';
import { type Ticket, ticketName, ticketsOf } from './names.ts';
import { done, Obstacle, type Steps } from './operation.ts';
import { sweepLitter } from './sweep-litter.ts';

/** So many others may draw the very same number before that is no accident any more. */
const MOST_TRIES = 1000;

/** Takes a place at the end of the queue, and litter away: who waits has the time. */
export function* takeTicket(claims: Claims, limit: number): Steps<string> {
  const names = yield* done({ op: 'names', path: '' });
  yield* sweepLitter(names);
  const last = ticketsOf(names).at(-1)?.number ?? 0;
  for (let number = last + 1; number <= last + MOST_TRIES; number += 1) {
    const name = ticketName(number, limit);
    if ((yield* claims.claim(name, 'ticket')) === 'claimed') return name;
  }
  throw new Obstacle('EBUSY', `${MOST_TRIES} tickets in a row were taken by others`);
}

/**
 * The first in the queue before our ticket (before its end, if we have none) who lives; null where
 * it is our turn. Tickets of the dead that are met on the way are taken away.
 *
 * @param overlooked tickets of such as did not take a permit that was free, as a stopped process
 */
export function* whoIsBefore(
  claims: Claims,
  tickets: readonly Ticket[],
  own: string | null,
  overlooked: ReadonlySet<string>,
): Steps<string | null> {
  for (const { name } of tickets) {
    if (name === own) return null;
    if (overlooked.has(name)) continue;
    if (yield* claims.isHeld(name)) return name;
    yield* claims.bury(name);
  }
  return null;
}

/** Wakes the first in the queue, who is served next. */
export function* wakeFirst(): Steps<void> {
  const names = yield* done({ op: 'names', path: '' });
  const first = ticketsOf(names)[0];
  // Whoever it is may have gone; that nobody could be woken must not fail a release.
  if (first !== undefined) yield { op: 'touch', path: first.name };
}
