import { decidingAttempts, type Toleration, type UnitResult } from '../core/attempt.ts';
import type { Occurrence } from '../history/occurrence.ts';
import type { Gotcha } from './gotcha/gotcha.ts';
import { isInForce } from './gotcha/read-ledger.ts';
import { MOST_OF_A_UNIT } from './occurrences.ts';

/** The entries that tolerate something now, by signature. */
export type Quarantined = ReadonlyMap<string, Gotcha>;

/** @param now milliseconds since the epoch */
export function quarantined(gotchas: readonly Gotcha[], now: number): Quarantined {
  const active = gotchas.filter(
    (gotcha) =>
      isInForce(gotcha) && gotcha.quarantine !== null && gotcha.quarantine.expires.getTime() > now,
  );
  return new Map(
    active.flatMap((gotcha) => gotcha.signatures.map((signature) => [signature, gotcha] as const)),
  );
}

/**
 * A unit with what of its failures is tolerated; the very same where nothing is. The unit as a whole
 * is tolerated where it failed or was flaky, and every failure in the attempts that decided is one
 * that its framework reported and that a quarantine names: a crash, a hang, a failed set-up of the
 * unit or another failure of the same test is none.
 */
export function tolerate(
  unit: UnitResult,
  occurrences: readonly Occurrence[],
  entries: Quarantined,
): UnitResult {
  if (entries.size === 0 || (unit.outcome !== 'failed' && unit.outcome !== 'flaky')) return unit;
  const deciding = decidingAttempts(unit.attempts).filter(({ outcome, tests }) => {
    return outcome !== 'passed' || tests.some(({ failedTries }) => failedTries !== undefined);
  });
  const ids = new Set(deciding.map(({ id }) => id));
  const own = occurrences.filter(({ attemptId }) => ids.has(attemptId));
  const failures = own.flatMap((occurrence) => tolerationOf(occurrence, unit, entries));
  if (failures.length === 0) return unit;
  const ran = deciding.every(({ outcome }) => outcome === 'failed' || outcome === 'passed');
  // Beyond the bound of what gets a signature nobody knows what else failed.
  const all = occurrences.length < MOST_OF_A_UNIT && failures.length === own.length;
  const whole = ran && all;
  return { ...unit, tolerated: { whole, failures } };
}

function tolerationOf(
  { signature, test, attemptId }: Occurrence,
  unit: UnitResult,
  entries: Quarantined,
): Toleration[] {
  const gotcha = entries.get(signature);
  // A test of its unit's own name is told by an exit status alone: nobody knows that it ran.
  if (gotcha?.quarantine == null || test === null || test.name === unit.path) return [];
  const { owner, reason, expires } = gotcha.quarantine;
  return [
    {
      attemptId,
      test: test.name,
      occurrence: test.occurrence,
      signature,
      gotcha: gotcha.name,
      owner,
      reason,
      until: expires.toISOString(),
    },
  ];
}
