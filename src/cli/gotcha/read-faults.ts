import { existsSync } from 'node:fs';
import { findProjectRoot } from '../../config/project-root.ts';
import { systemClock } from '../../core/clock.ts';
import type { History } from '../../history/history.ts';
import type { Case } from '../../history/occurrence.ts';
import { type ReadGotcha, readEntries } from '../../ledger/gotcha/read-ledger.ts';
import { stateDirectory } from '../../run/state-directory.ts';
import { readHistory } from '../history/read-history.ts';
import type { Io } from '../io.ts';

/** What is known of a project's faults: what people wrote, and what was met. */
export interface Faults {
  /** Absolute and real. */
  readonly root: string;
  readonly entries: readonly ReadGotcha[];
  /** Everything that was met, the latest first; nothing where no run was recorded yet. */
  readonly cases: readonly Case[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Reads the ledger and the history of the project around the working directory.
 *
 * @throws PindownError where one of them is there and can't be read
 */
export async function readFaults(io: Io): Promise<Faults> {
  const root = findProjectRoot(io.cwd);
  const recorded = existsSync(stateDirectory(root).historyFile);
  const cases = recorded
    ? await readHistory(io, ({ history }: { history: History }) => history.cases(null))
    : [];
  return { root, entries: readEntries(root), cases, now: systemClock.wall() };
}
