import type { Steps } from './operation.ts';

export const BACKENDS = ['kernel', 'files'] as const;
/** By what a permit is kept: locks that the kernel releases by itself, or nothing but files. */
export type Backend = (typeof BACKENDS)[number];

/** A slot is there for good and changes hands; a ticket is made once and goes with its maker. */
export type ClaimKind = 'slot' | 'ticket';

/**
 * The one thing that a backend has to do: a name in the key's directory belongs to at most one
 * living claimant. Everything else (limits, order, tokens) is made from this, once for all
 * backends. One object serves one acquisition, in one process.
 *
 * Every method throws {@link Obstacle} for what the file system refuses, `ENOENT` among them where
 * the directory is gone.
 */
export interface Claims {
  /**
   * Takes the name if nobody alive has it, in a bounded number of steps. `held`: somebody has it, or
   * was quicker.
   */
  claim(name: string, kind: ClaimKind): Steps<'claimed' | 'held'>;

  /** Whether somebody alive, or who may be, has the name. Is in nobody's way. */
  isHeld(name: string): Steps<boolean>;

  /**
   * Takes away what a dead claimant left of a ticket; nothing else.
   *
   * @returns whether it was there to be taken away
   */
  bury(name: string): Steps<boolean>;

  /** Gives a claim of ours back. `lost`: what stood for it had been taken away by somebody. */
  release(name: string, kind: ClaimKind): Steps<'released' | 'lost'>;

  /** What a claim of ours is held by, for a child to inherit; null where there is no such thing. */
  descriptorOf(name: string): number | null;
}
