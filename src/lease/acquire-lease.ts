import { systemClock } from '../core/clock.ts';
import { usageError } from '../core/errors.ts';
import { Acquisition } from './acquisition.ts';
import type { Attempt } from './attempt.ts';
import type { LeaseBlocked, LeaseFailed, LeaseOptions, LeaseResult } from './lease.ts';
import { leaseRoot } from './lease-root.ts';
import { prepareGround } from './prepare-ground.ts';
import { MOST_PERMITS } from './token.ts';
import { WaitingRoom } from './waiting-room.ts';

/** Who is first in the queue looks so often for a holder that died without a word; milliseconds. */
const PACE_MS = 25;
/** Who is far behind looks less often, and so often at least. */
const SLOWEST_MS = 250;
/** One who leaves a permit unused for so long is stopped, or starved: it is passed over. */
const PATIENCE_MS = 250;
/** The directory may be gone so often in a row before we slow down: it is being removed. */
const AT_ONCE = 3;

/** How it fails that the directory is removed while we are at it, or can't be made (`/proc`). */
const GONE: LeaseFailed = {
  kind: 'failed',
  code: 'ENOENT',
  because: 'its directory was removed as soon as it was made',
};

/**
 * Acquires one of `limit` permits that all processes of a machine share, without a server: what the
 * kernel or a proof releases, nobody has to clean up.
 *
 * Waiters are served in order, roughly: one that came first is passed over by those who were about
 * to acquire as it came, and where it leaves a free permit unused, as a stopped process does.
 *
 * @returns a lost race is no exception but `blocked`; what the file system refuses is `failed`
 * @throws PindownError (`lease-key`, `lease-limit`, `lease-wait`) for options that make no sense
 */
export async function acquireLease(options: LeaseOptions): Promise<LeaseResult> {
  check(options);
  const { signal } = options;
  if (isCancelled(signal)) return cancelled();
  const deadline = systemClock.monotonic() + (options.wait ?? 0);
  for (let gone = 1; ; gone += 1) {
    const came = await atOneGround(options, deadline);
    if (came.kind !== 'failed' || came.code !== GONE.code) return came;
    const left = deadline - systemClock.monotonic();
    if (isCancelled(signal)) return cancelled();
    if (gone > AT_ONCE && (left <= 0 || signal?.aborted === true)) return came;
    if (gone > AT_ONCE) await new WaitingRoom(null).doze(PACE_MS, left, signal);
  }
}

/** Tries and waits in the key's directory as long as that is there; else fails with `ENOENT`. */
async function atOneGround(options: LeaseOptions, deadline: number): Promise<LeaseResult> {
  const { key, limit, signal, backend } = options;
  const kept = prepareGround(leaseRoot(options.root), key, backend);
  if ('kind' in kept) return kept;
  const acquisition = new Acquisition(key, limit, kept);
  const idlers = new Idlers();
  let room: WaitingRoom | null = null;
  try {
    for (;;) {
      const tried = acquisition.attempt(idlers.overlooked);
      if (tried.kind === 'ground-gone') return GONE;
      if (tried.kind !== 'busy') return tried;
      const left = deadline - systemClock.monotonic();
      if (left <= 0 || signal?.aborted === true) return blocked(tried, acquisition, tried.why);
      if (room === null) {
        acquisition.enqueue();
        room = new WaitingRoom(acquisition.ticketPath);
        // A permit may have become free before there was a ticket to touch; where others were
        // before us, it is theirs.
        if (tried.why !== 'queue') continue;
      }
      const pace = Math.min(PACE_MS * (1 + tried.before - idlers.overlooked.size), SLOWEST_MS);
      const woken = await room.doze(Math.max(pace, PACE_MS), left, signal);
      if (isCancelled(signal)) return blocked(tried, acquisition, 'cancelled');
      if (!woken && tried.first !== null) idlers.suspect(tried.first, acquisition.isAnyFree());
    }
  } finally {
    room?.close();
    acquisition.leaveQueue();
  }
}

/** Finds those who are first in the queue and leave a free permit unused. */
class Idlers {
  readonly overlooked = new Set<string>();
  #suspect: { readonly ticket: string; readonly since: number } | null = null;

  suspect(ticket: string, free: boolean): void {
    const now = systemClock.monotonic();
    if (!free) this.#suspect = null;
    else if (this.#suspect?.ticket !== ticket) this.#suspect = { ticket, since: now };
    else if (now - this.#suspect.since >= PATIENCE_MS) this.overlooked.add(ticket);
  }
}

function check({ key, limit, wait = 0 }: LeaseOptions): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_PERMITS) {
    throw usageError(
      'lease-limit',
      `Expected the limit of the lease ${JSON.stringify(key)} to be a whole number from 1 to ${MOST_PERMITS}, got ${limit}.`,
    );
  }
  if (!(wait >= 0)) {
    throw usageError(
      'lease-wait',
      `Expected the wait for the lease ${JSON.stringify(key)} to be 0 or more milliseconds, got ${wait}.`,
    );
  }
}

/** Aborted, and not by a deadline (`AbortSignal.timeout`, also as one of several). */
function isCancelled(signal: AbortSignal | undefined): boolean {
  if (signal?.aborted !== true) return false;
  const reason: unknown = signal.reason;
  return !(reason instanceof DOMException && reason.name === 'TimeoutError');
}

function cancelled(): LeaseBlocked {
  const because = 'the wait was cancelled before there was anything to wait for';
  return { kind: 'blocked', reason: 'cancelled', because, holders: 0, oldestMs: null };
}

function blocked(
  { before }: Extract<Attempt, { kind: 'busy' }>,
  acquisition: Acquisition,
  reason: LeaseBlocked['reason'],
): LeaseBlocked {
  const { holders, oldestMs } = acquisition.holders();
  return { kind: 'blocked', reason, because: sentence(reason, holders, before), holders, oldestMs };
}

function sentence(reason: LeaseBlocked['reason'], holders: number, before: number): string {
  switch (reason) {
    case 'held':
      return `all permits are taken: ${holders} ${holders === 1 ? 'holds' : 'hold'} one`;
    case 'queue':
      return `${before} wait longer, and ${holders} ${holders === 1 ? 'holds' : 'hold'} a permit`;
    case 'limit':
      return `a smaller limit counts than some of the ${holders} holders came with`;
    case 'cancelled':
      return `the wait was cancelled while ${holders} held a permit`;
  }
}
