import { existsSync } from 'node:fs';
import type { UnitOutcome } from '../../core/outcome.ts';
import type { History } from '../../history/history.ts';
import { openHistory } from '../../history/sqlite/open.ts';
import { chooseDurations } from '../../plan/durations.ts';
import { stateDirectory } from '../../run/state-directory.ts';

/** What a plan wants to know of the past. */
export interface Known {
  readonly durations: ReadonlyMap<string, readonly number[]>;
  readonly lastOutcomes: ReadonlyMap<string, UnitOutcome>;
}

const NOTHING_KNOWN: Known = { durations: new Map(), lastOutcomes: new Map() };

/** What a history knows for a plan: its own durations before imported ones, unless it is sharded. */
export function knownTo(history: History | null, sharded: boolean): Known {
  if (history === null) return NOTHING_KNOWN;
  return {
    durations: chooseDurations(history.durations(), history.importedDurations(), sharded),
    lastOutcomes: history.lastOutcomes(),
  };
}

/** Reads a project's history where there is one; makes none. */
export function readHistory(projectRoot: string, sharded: boolean): Known {
  const { historyFile } = stateDirectory(projectRoot);
  if (!existsSync(historyFile)) return NOTHING_KNOWN;
  const opened = openHistory(historyFile);
  if (opened.kind === 'unavailable') return NOTHING_KNOWN;
  try {
    return knownTo(opened.history, sharded);
  } finally {
    opened.history.close();
  }
}
