import { environmentError } from '../core/errors.ts';
import { atExit } from './at-exit.ts';
import { type Attempt, attempt, type Contender, giveBack } from './attempt.ts';
import { heldForMs, holdersOf } from './census.ts';
import type { Claims } from './claims.ts';
import { claimsOf } from './claims-of.ts';
import type { Ground } from './ground.ts';
import { mintName, ownIdentity } from './identity.ts';
import type { Lease } from './lease.ts';
import { monotonicMs } from './monotonic.ts';
import { slotName } from './names.ts';
import { Obstacle, type Steps } from './operation.ts';
import type { Kept } from './prepare-ground.ts';
import { takeTicket, wakeFirst } from './queue.ts';
import { isAnyFree } from './limits.ts';

/**
 * What one caller does at a key's directory: attempts, its place in the queue, the permit. Nothing
 * here waits.
 */
export class Acquisition {
  readonly #key: string;
  readonly #kept: Kept;
  readonly #contender: Contender;
  #ticket: string | null = null;
  #forget: (() => void) | null = null;

  constructor(key: string, limit: number, kept: Kept) {
    const nonce = mintName();
    const claims = claimsOf(kept.backend, nonce);
    this.#key = key;
    this.#kept = kept;
    this.#contender = { claims, limit, nonce, boot: ownIdentity().boot, now: monotonicMs };
  }

  /** Where our place in the queue is kept; null where we have none. */
  get ticketPath(): string | null {
    return this.#ticket === null ? null : `${this.#kept.ground.directory}/${this.#ticket}`;
  }

  attempt(overlooked: ReadonlySet<string>): Exclude<Attempt, { kind: 'acquired' }> | Lease {
    const tried = this.#ground.run(attempt(this.#contender, this.#ticket, overlooked));
    if (tried.kind !== 'acquired') return tried;
    // Who comes after us looks by itself; it is woken where there may be a permit for it.
    this.#dropTicket();
    if (tried.limit > 1) this.#unlessObstructed(wakeFirst());
    return this.#leaseOf(tried);
  }

  /** Takes a place in the queue; what is in the way shows at the next attempt, too. */
  enqueue(): void {
    if (this.#ticket !== null) return;
    const { limit } = this.#contender;
    this.#ticket = this.#unlessObstructed(takeTicket(this.#claims, limit));
    if (this.#ticket !== null) this.#forget = atExit(() => this.leaveQueue());
  }

  /** Gives the place in the queue up, and wakes who comes after us. */
  leaveQueue(): void {
    if (this.#dropTicket()) this.#unlessObstructed(wakeFirst());
  }

  /** Whether there is a permit that nobody has taken. */
  isAnyFree(): boolean {
    return this.#unlessObstructed(isAnyFree(this.#claims, this.#contender.limit)) === true;
  }

  /** How many hold a permit, and for how long the oldest has. */
  holders(): { readonly holders: number; readonly oldestMs: number | null } {
    const taken = this.#unlessObstructed(holdersOf(this.#claims)) ?? [];
    const now = { boot: this.#contender.boot, ms: monotonicMs() };
    const held = taken.map(({ record }) => heldForMs(record, now)).filter((ms) => ms !== null);
    return { holders: taken.length, oldestMs: held.length === 0 ? null : Math.max(...held) };
  }

  /** @returns whether there was one */
  #dropTicket(): boolean {
    if (this.#ticket === null) return false;
    this.#forget?.();
    this.#unlessObstructed(this.#claims.release(this.#ticket, 'ticket'));
    this.#ticket = null;
    return true;
  }

  get #ground(): Ground {
    return this.#kept.ground;
  }

  get #claims(): Claims {
    return this.#contender.claims;
  }

  #leaseOf({ slot, token, limit }: Extract<Attempt, { kind: 'acquired' }>): Lease {
    let released: 'released' | 'lost' | null = null;
    const giveUp = (): 'released' | 'lost' => {
      forget();
      return this.#ground.run(giveBack(this.#claims, slot));
    };
    const forget = atExit(() => this.#unlessObstructed(giveBack(this.#claims, slot)));
    const release = async (): Promise<'released' | 'lost'> => {
      try {
        released ??= giveUp();
        return released;
      } catch (error) {
        if (!(error instanceof Obstacle)) throw error;
        throw environmentError(
          'lease-not-released',
          `The lease of ${JSON.stringify(this.#key)} could not be released: ${error.message}.`,
          'It ends with this process.',
          error,
        );
      }
    };
    return {
      kind: 'acquired',
      key: this.#key,
      token,
      slot,
      limit,
      backend: this.#kept.backend,
      descriptor: this.#claims.descriptorOf(slotName(slot)),
      release,
      async [Symbol.asyncDispose]() {
        await release();
      },
    };
  }

  /**
   * For what only helps others or informs: null where the file system refuses it. Whatever stands
   * in the way of the lease itself, the attempt says.
   */
  #unlessObstructed<T>(steps: Steps<T>): T | null {
    try {
      return this.#ground.run(steps);
    } catch (error) {
      if (error instanceof Obstacle) return null;
      throw error;
    }
  }
}
