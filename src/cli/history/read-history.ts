import { existsSync } from 'node:fs';
import { findProjectRoot } from '../../config/project-root.ts';
import { usageError } from '../../core/errors.ts';
import type { History } from '../../history/history.ts';
import { openHistory } from '../../history/sqlite/open.ts';
import {
  highestRunNumber,
  type StateDirectory,
  stateDirectory,
} from '../../run/state-directory.ts';
import type { Io } from '../io.ts';

/** A project's history, opened to be read. */
export interface ReadHistory {
  readonly history: History;
  readonly state: StateDirectory;
  /** The project's root, absolute and real. */
  readonly root: string;
}

/**
 * Reads the history of the project around the working directory, and closes it again.
 *
 * @throws PindownError `no-history` where nothing was recorded yet; `history-…` where it is there
 *   and can't be had
 */
export async function readHistory<T>(
  io: Io,
  read: (opened: ReadHistory) => T | Promise<T>,
): Promise<T> {
  const root = findProjectRoot(io.cwd);
  const state = stateDirectory(root);
  if (!existsSync(state.historyFile)) {
    throw usageError(
      'no-history',
      `No run of the project in ${root} was recorded yet.`,
      'Run its suite first: pindown run',
    );
  }
  const opened = openHistory(state.historyFile, {
    minimumNumber: () => highestRunNumber(state) + 1,
  });
  if (opened.kind === 'unavailable') throw opened.error;
  const { history, setAside } = opened;
  try {
    if (setAside !== null) {
      io.stderr.write(
        `warning: the history was damaged (${setAside.reason}) and was set aside as ${setAside.file}; a new one was begun\n`,
      );
    }
    return await read({ history, state, root });
  } finally {
    history.close();
  }
}
