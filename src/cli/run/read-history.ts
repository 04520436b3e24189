import { existsSync } from 'node:fs';
import type { UnitOutcome } from '../../core/outcome.ts';
import type { History } from '../../history/history.ts';
import { openHistory } from '../../history/sqlite/open.ts';
import { chooseDurations } from '../../plan/durations.ts';
import type { Order } from '../../plan/order.ts';
import { stateDirectory } from '../../run/state-directory.ts';

/** What a plan wants to know of the past. */
export interface Known {
  readonly durations: ReadonlyMap<string, readonly number[]>;
  /** Only where the order asks for it: of a large suite it is much. */
  readonly lastOutcomes: ReadonlyMap<string, UnitOutcome>;
}

const NOTHING_KNOWN: Known = { durations: new Map(), lastOutcomes: new Map() };

/** The plan that it is asked for. */
export interface Planned {
  readonly sharded: boolean;
  readonly order: Order;
}

/** What a history knows for a plan: its own durations before imported ones, unless it is sharded. */
export function knownTo(history: History | null, { sharded, order }: Planned): Known {
  if (history === null) return NOTHING_KNOWN;
  return {
    durations: chooseDurations(history.durations(), history.importedDurations(), sharded),
    lastOutcomes: order === 'failed-first' ? history.lastOutcomes() : new Map(),
  };
}

/** Reads a project's history where there is one; makes none. */
export function readHistory(projectRoot: string, planned: Planned): Known {
  const { historyFile } = stateDirectory(projectRoot);
  if (!existsSync(historyFile)) return NOTHING_KNOWN;
  const opened = openHistory(historyFile);
  if (opened.kind === 'unavailable') return NOTHING_KNOWN;
  try {
    return knownTo(opened.history, planned);
  } finally {
    opened.history.close();
  }
}
