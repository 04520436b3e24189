import type { Case } from '../../history/occurrence.ts';
import type { Gotcha } from './gotcha.ts';

/** What is to be done about an entry, by the calendar and by what was met. */
export interface GotchaState {
  /** Met again in a run that began after it was declared fixed: the fix did not hold. */
  readonly reopened: Case | null;
  /** Somebody has to look at it again. */
  readonly expired: boolean;
  readonly quarantine: 'none' | 'active' | 'expired';
  /** A quarantine whose fault was not met for so many runs; null where it is not stale. */
  readonly staleFor: number | null;
}

/**
 * @param cases what was seen of the entry's signatures
 * @param now milliseconds since the epoch
 */
export function stateOf(gotcha: Gotcha, cases: readonly Case[], now: number): GotchaState {
  const { fixed, expires, quarantine } = gotcha;
  const own = cases.filter(({ signature }) => gotcha.signatures.includes(signature));
  const again =
    fixed === null
      ? undefined
      : own.find(({ last }) => Date.parse(last.startedAt) >= fixed.getTime());
  return {
    reopened: again ?? null,
    expired: expires !== null && expires.getTime() <= now,
    quarantine:
      quarantine === null ? 'none' : quarantine.expires.getTime() <= now ? 'expired' : 'active',
    staleFor: quarantine === null ? null : staleFor(own, quarantine.staleAfter),
  };
}

/** Of a fault that was never met here nobody knows whether it is gone: another machine may meet it. */
function staleFor(own: readonly Case[], staleAfter: number): number | null {
  if (own.length === 0) return null;
  const since = Math.min(...own.map(({ runsSince }) => runsSince));
  return since >= staleAfter ? since : null;
}
