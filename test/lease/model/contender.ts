import { type Attempt, attempt, giveBack } from '../../../src/lease/attempt.ts';
import type { Backend, Claims } from '../../../src/lease/claims.ts';
import { FileClaims } from '../../../src/lease/file-claims.ts';
import { KernelClaims } from '../../../src/lease/kernel-claims.ts';
import { slotName } from '../../../src/lease/names.ts';
import { Obstacle, type Steps } from '../../../src/lease/operation.ts';
import { takeTicket } from '../../../src/lease/queue.ts';
import type { Contending } from './check-protocol.ts';

/** The real protocol: one attempt, with a place in the queue first where it is to wait. */
export function contender(backend: Backend, limit: number, queues = false): Contending {
  return {
    limit,
    program() {
      let claims: Claims;
      let slot = -1;
      const tried = function* (nonce: string): Steps<Attempt> {
        const ours = { claims, limit, nonce, boot: 'boot', now: () => 0 };
        if (!queues) return yield* attempt(ours, null, new Set());
        const ticket = yield* takeTicket(claims, limit);
        const came = yield* attempt(ours, ticket, new Set());
        yield* claims.release(ticket, 'ticket');
        return came;
      };
      return {
        *acquire(nonce) {
          claims = backend === 'files' ? new FileClaims(nonce) : new KernelClaims();
          const came = yield* goneIsNothing(tried(nonce));
          if (came?.kind === 'failed') throw new Error(`failed: ${came.because}`);
          if (came?.kind !== 'acquired') return null;
          slot = came.slot;
          return { token: came.token };
        },
        release: () => giveBack(claims, slot),
        holding: () => `${slot} ${claims.descriptorOf(slotName(slot))}`,
      };
    },
  };
}

/** The directory may be removed while the ticket is taken, too. */
function* goneIsNothing(steps: Steps<Attempt>): Steps<Attempt | null> {
  try {
    return yield* steps;
  } catch (error) {
    if (error instanceof Obstacle && error.code === 'ENOENT') return null;
    throw error;
  }
}
