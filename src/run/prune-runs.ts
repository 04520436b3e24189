import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeFault } from '../core/errors.ts';
import { removeWorlds } from '../sandbox/world.ts';
import { readHolder } from './holder.ts';
import { removeRunDirectory } from './run-directory.ts';
import { type StateDirectory, listRuns } from './state-directory.ts';

/**
 * Removes the directories of the oldest closed runs, so that with a new one at most `keep` are
 * there; an open one may still be written to.
 *
 * @returns for each that could not be removed, which file and why
 */
export function pruneRuns(state: StateDirectory, keep: number): string[] {
  const faults: string[] = [];
  const ids = listRuns(state);
  for (const id of ids.slice(0, Math.max(0, ids.length - (keep - 1)))) {
    const dir = join(state.runsDir, id);
    if (!existsSync(join(dir, 'report.json'))) continue;
    try {
      const worlds = readHolder(dir)?.worlds ?? null;
      const fault = worlds === null ? null : removeWorlds(worlds.root, id);
      if (fault !== null) faults.push(fault);
      removeRunDirectory(state, id);
    } catch (error) {
      faults.push(`${dir} could not be removed: ${describeFault(error)}`);
    }
  }
  return faults;
}
