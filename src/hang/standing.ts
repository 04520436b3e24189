import type { Claim } from './classes/hang-class.ts';

/**
 * What a look at a tree comes to. Only the first two are called hung: being busy or asleep for the
 * half second of a look is no hang by that alone.
 */
export type Standing =
  /** Proven: nothing in the tree can go on any more, whatever happens in it. */
  | 'proven-stuck'
  /** A class names what is waited for in vain; what would refute it stands in its `couldBe`. */
  | 'stuck'
  /** A class names what the tree is at; endless or only long can't be told from outside. */
  | 'undecided'
  /** It got on between the two samples: slow, not hung. */
  | 'progresses'
  /** No class knows, or none knows surely enough. */
  | 'unknown';

/** Below this confidence nothing is named. */
export const LEAST_CONFIDENCE = 0.5;

/**
 * @param best the surest claim
 * @param proven what may progress has an empty least fixpoint: that stands above every claim
 */
export function standingOf(
  best: Pick<Claim, 'confidence' | 'progresses' | 'undecided'> | undefined,
  proven: boolean,
): Standing {
  if (proven) return 'proven-stuck';
  if (best === undefined || best.confidence < LEAST_CONFIDENCE) return 'unknown';
  if (best.progresses === true) return 'progresses';
  return best.undecided === undefined ? 'stuck' : 'undecided';
}

/** What a look came to, for people. */
export function standingText(standing: Standing): string {
  switch (standing) {
    case 'proven-stuck':
      return 'hung, proven';
    case 'stuck':
      return 'hung, not proven';
    case 'undecided':
      return 'not known to hang, cannot be told';
    case 'progresses':
      return 'slow, not hung';
    case 'unknown':
      return 'not known to hang';
  }
}
