import type { ClaimKind, Claims } from './claims.ts';
import { privateName } from './names.ts';
import { attempted, done, type Steps } from './operation.ts';

/** What rename(2) says of a directory that is in the way because there is something in it. */
const TAKEN = ['ENOTEMPTY', 'EEXIST'] as const;

/**
 * Claims by nothing but files, for where there is no way to the kernel's locks.
 *
 * A claimed name is a directory with one file in it, which bears its holder's nonce. It is made in
 * private and published by one rename(2), which replaces a directory only where that is empty: of
 * all who try, one wins, and nobody ever sees half of it. A free name is an empty directory, or
 * none.
 *
 * Whoever removes a holder, be it itself or the proof that it is dead, removes the file *by its
 * nonce*. So it does not matter who does it, how late, or how often: another's claim can't be hit,
 * and there is no moment between a look and a removal that anything could get into.
 */
export class FileClaims implements Claims {
  readonly #nonce: string;

  /** @param nonce of {@link mintName}: it says who we are, and stands for one acquisition */
  constructor(nonce: string) {
    this.#nonce = nonce;
  }

  *claim(name: string, _kind: ClaimKind): Steps<'claimed' | 'held'> {
    const holders = yield* this.#holders(name);
    for (const holder of holders) {
      if ((yield* done({ op: 'judge', identity: holder })) !== 'dead') return 'held';
    }
    for (const holder of holders) yield* remove(`${name}/${holder}`);
    return yield* this.#publish(name);
  }

  *#publish(name: string): Steps<'claimed' | 'held'> {
    const prepared = privateName('claim', this.#nonce);
    let claimed = false;
    try {
      // Ours may be there from an attempt that was cut short when the directory was removed.
      yield* attempted({ op: 'make-directory', path: prepared }, 'EEXIST');
      yield* done({ op: 'write', path: `${prepared}/${this.#nonce}`, text: '' });
      claimed = (yield* attempted({ op: 'rename', from: prepared, to: name }, ...TAKEN)).ok;
      return claimed ? 'claimed' : 'held';
    } finally {
      if (!claimed) {
        yield* remove(`${prepared}/${this.#nonce}`);
        yield* removeEmpty(prepared);
      }
    }
  }

  *isHeld(name: string): Steps<boolean> {
    for (const holder of yield* this.#holders(name)) {
      if ((yield* done({ op: 'judge', identity: holder })) !== 'dead') return true;
    }
    return false;
  }

  *bury(name: string): Steps<boolean> {
    let found = false;
    for (const holder of yield* this.#holders(name)) {
      if ((yield* done({ op: 'judge', identity: holder })) !== 'dead') return found;
      found = yield* remove(`${name}/${holder}`);
    }
    yield* removeEmpty(name);
    return found;
  }

  *release(name: string, kind: ClaimKind): Steps<'released' | 'lost'> {
    const removed = yield* remove(`${name}/${this.#nonce}`);
    if (kind === 'ticket') yield* removeEmpty(name);
    return removed ? 'released' : 'lost';
  }

  descriptorOf(): null {
    return null;
  }

  *#holders(name: string): Steps<readonly string[]> {
    const listed = yield* attempted({ op: 'names', path: name }, 'ENOENT');
    return listed.ok ? listed.value : [];
  }
}

/** @returns whether it was there */
function* remove(path: string): Steps<boolean> {
  const removed = yield* attempted({ op: 'unlink', path }, 'ENOENT');
  return removed.ok;
}

/** Where it was claimed again in between it is not empty, and stays. */
function* removeEmpty(path: string): Steps<void> {
  yield* attempted({ op: 'remove-directory', path }, 'ENOENT', ...TAKEN);
}
