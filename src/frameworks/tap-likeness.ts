import type { TapPlan } from './tap-line.ts';

/** Whether what a program wrote is TAP, where nobody has said so. */
export type TapLikeness =
  | { readonly kind: 'tap' }
  | { readonly kind: 'unclear'; readonly because: string }
  | { readonly kind: 'none' };

/** What stands at the very left of a whole output: indented lines may be anybody's. */
export interface TapSigns {
  readonly version: boolean;
  readonly plan: TapPlan | null;
  /** Lines that read as test points. */
  readonly points: number;
  /** Of them, those that say `not ok`. */
  readonly failed: number;
  /** Of them, those that hardly anything but TAP writes. */
  readonly formal: number;
  readonly bailedOut: boolean;
}

/**
 * TAP has a version, or a plan with test points before or after it (or one that says that there
 * are none). `ok` alone is a word that many programs say. What only TAP would say but is no whole
 * document stays unclear: it may be a report that was cut off, and must not count as success.
 */
export function tapLikeness(signs: TapSigns): TapLikeness {
  const { version, plan, points, failed, formal, bailedOut } = signs;
  if (version || (plan !== null && (points > 0 || plan.count === 0))) return { kind: 'tap' };
  if (plan !== null) {
    return { kind: 'unclear', because: `there is a plan (1..${plan.count}), but no test line` };
  }
  if (bailedOut) return { kind: 'unclear', because: 'a line says "Bail out!"' };
  if (failed > 0) {
    return { kind: 'unclear', because: `${lines(failed)} "not ok", but there is no plan (1..N)` };
  }
  if (formal > 0) {
    return {
      kind: 'unclear',
      because: `${lines(formal)} "ok" and a number, but there is no plan (1..N)`,
    };
  }
  return { kind: 'none' };
}

function lines(count: number): string {
  return count === 1 ? 'a line says' : `${count} lines say`;
}
