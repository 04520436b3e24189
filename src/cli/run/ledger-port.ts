import { systemClock } from '../../core/clock.ts';
import type { History } from '../../history/history.ts';
import { Ledger } from '../../ledger/ledger.ts';
import type { Gotcha } from '../../ledger/gotcha/gotcha.ts';
import type { LedgerPort } from '../../run/run.ts';

/**
 * The project's ledger, as a run asks it.
 *
 * @param failOnUninvestigated whether a flake that nobody looks into makes a green run red
 */
export function ledgerPort(
  gotchas: readonly Gotcha[],
  history: History | null,
  { root, failOnUninvestigated }: { readonly root: string; readonly failOnUninvestigated: boolean },
): LedgerPort {
  const ledger = new Ledger(gotchas, root, systemClock.wall());
  return {
    settle: (unit) => ledger.settle(unit),
    finish: ({ id }) => {
      const { notices, uninvestigated } = ledger.finish(id, history);
      return { notices, red: failOnUninvestigated && uninvestigated };
    },
  };
}
