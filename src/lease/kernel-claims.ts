import type { ClaimKind, Claims } from './claims.ts';
import { attempted, done, Obstacle, type Steps } from './operation.ts';

/** How often a file may be replaced under us before that is no accident any more. */
const MOST_REPLACED = 8;

/**
 * Claims by locks on open file descriptions, which the kernel releases with the last descriptor:
 * nobody has to find out whether a holder is dead, and nobody can be mistaken about it.
 *
 * A lock is on a file and not on its name. So, once locked, the name has to lead to that very file
 * still; and where the file is new, since there was none before or since somebody removed the
 * directory, an older one with a living holder may have had the name. Such a holder has it open,
 * and that can be seen (`/proc/PID/fd`, of the processes of the same user). A new file is empty,
 * and whoever has made sure of it marks it.
 *
 * A descriptor that a child got between fork and exec, or for good (`pindown lease KEY -- …`),
 * keeps the lock where we die, and does not keep it where we release it: unlocking is for the open
 * file description and thus for all of its descriptors.
 */
export class KernelClaims implements Claims {
  readonly #descriptors = new Map<string, number>();

  *claim(name: string, kind: ClaimKind): Steps<'claimed' | 'held'> {
    for (let replaced = 0; replaced < MOST_REPLACED; replaced += 1) {
      const fd = yield* done({ op: 'open', path: name, create: true });
      const taken = yield* closingUnless('claimed', fd, this.#take(fd, name, kind));
      if (taken === 'claimed') this.#descriptors.set(name, fd);
      if (taken !== 'replaced') return taken;
    }
    throw new Obstacle('ENOENT', `${name} was replaced ${MOST_REPLACED} times while it was locked`);
  }

  *#take(fd: number, name: string, kind: ClaimKind): Steps<'claimed' | 'held' | 'replaced'> {
    if ((yield* done({ op: 'lock', fd })) === 'busy') return 'held';
    const { same, empty } = yield* done({ op: 'stat', fd, path: name });
    if (!same) return 'replaced';
    if (kind === 'slot' && empty) {
      if (yield* done({ op: 'has-orphans', path: name })) return 'held';
      yield* done({ op: 'mark', fd });
    }
    return 'claimed';
  }

  *isHeld(name: string): Steps<boolean> {
    const opened = yield* attempted({ op: 'open', path: name, create: false }, 'ENOENT');
    if (!opened.ok) return false;
    const held = yield* closing(opened.value, done({ op: 'is-locked', fd: opened.value }));
    return held;
  }

  *bury(name: string): Steps<boolean> {
    const opened = yield* attempted({ op: 'open', path: name, create: false }, 'ENOENT');
    return opened.ok && (yield* closing(opened.value, this.#removeIfFree(opened.value, name)));
  }

  *#removeIfFree(fd: number, name: string): Steps<boolean> {
    // With the lock in hand and the name leading here it is nobody's, and can't become anybody's.
    if ((yield* done({ op: 'lock', fd })) === 'busy') return false;
    const { same } = yield* done({ op: 'stat', fd, path: name });
    return same && (yield* attempted({ op: 'unlink', path: name }, 'ENOENT')).ok;
  }

  *release(name: string, kind: ClaimKind): Steps<'released' | 'lost'> {
    const fd = this.#descriptors.get(name);
    if (fd === undefined) return 'lost';
    this.#descriptors.delete(name);
    if (kind === 'ticket') yield* closing(fd, this.#removeOwn(fd, name));
    else yield* closing(fd, done({ op: 'unlock', fd }));
    return 'released';
  }

  *#removeOwn(fd: number, name: string): Steps<void> {
    const { same } = yield* done({ op: 'stat', fd, path: name });
    if (same) yield* attempted({ op: 'unlink', path: name }, 'ENOENT');
    yield* done({ op: 'unlock', fd });
  }

  descriptorOf(name: string): number | null {
    return this.#descriptors.get(name) ?? null;
  }
}

/** Does the steps and then closes the descriptor, whatever comes. */
function* closing<T>(fd: number, steps: Steps<T>): Steps<T> {
  return yield* closingUnless(Symbol('never'), fd, steps);
}

/** Does the steps and then closes the descriptor, unless they come to this. */
function* closingUnless<T>(kept: unknown, fd: number, steps: Steps<T>): Steps<T> {
  let came: T | undefined;
  try {
    came = yield* steps;
    return came;
  } finally {
    if (came !== kept) yield* done({ op: 'close', fd });
  }
}
