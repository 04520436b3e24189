import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeFault } from '../core/errors.ts';
import { isAlive } from '../process/proc-stat.ts';
import { type Holder, writeHolder } from './holder.ts';
import { type StateDirectory, stateUnwritable } from './state-directory.ts';

/** A directory that is being made: by which process, and when that was started. */
const MAKING = /^\.making-(\d+)-(\d*)-[0-9a-f-]{36}$/;
/** One that is being removed. */
const REMOVING = /^\.removing-[0-9a-f-]{36}$/;

/**
 * Makes the directory of a new run; an id is never used twice, so it must not be there yet. It
 * appears with its holder in it, by rename(2), so that there is never one of which nobody can tell
 * whether its Pindown lives.
 */
export function createRunDirectory(state: StateDirectory, holder: Holder): string {
  const { pid, startTime } = holder.owner;
  const making = join(state.runsDir, `.making-${pid}-${startTime ?? ''}-${holder.runId}`);
  const dir = join(state.runsDir, holder.runId);
  try {
    mkdirSync(making);
    mkdirSync(join(making, 'attempts'));
    writeHolder(making, holder);
    renameSync(making, dir);
  } catch (error) {
    throw stateUnwritable(dir, error);
  }
  return dir;
}

/**
 * Removes the directory of a run with all that is in it. First it loses its name, so that what is
 * left of it, where this process dies meanwhile, is not taken for a run that was never closed.
 */
export function removeRunDirectory(state: StateDirectory, runId: string): void {
  const removing = join(state.runsDir, `.removing-${runId}`);
  renameSync(join(state.runsDir, runId), removing);
  rmSync(removing, { recursive: true, force: true });
}

/**
 * Removes what is left of directories whose Pindown died while it made or removed them.
 *
 * @returns what could not be removed, and why
 */
export function sweepRunDirectories(state: StateDirectory): string[] {
  const faults: string[] = [];
  for (const name of readdirSync(state.runsDir)) {
    if (!REMOVING.test(name) && !isAbandoned(name)) continue;
    const dir = join(state.runsDir, name);
    try {
      rmSync(dir, { recursive: true, force: true });
    } catch (error) {
      faults.push(`${dir} could not be removed: ${describeFault(error)}`);
    }
  }
  return faults;
}

function isAbandoned(name: string): boolean {
  const [, pid, startTime] = MAKING.exec(name) ?? [];
  if (pid === undefined || startTime === undefined) return false;
  return !isAlive(Number(pid), startTime === '' ? null : Number(startTime));
}
