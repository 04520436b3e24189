import { join } from 'node:path';
import {
  labelsOf,
  listContainers,
  OWNER_LABEL,
  PROJECT_LABEL,
  removeContainer,
  RUN_LABEL,
} from '../sandbox/isolation/container/containers.ts';
import { Engine, EngineFault } from '../sandbox/isolation/container/engine.ts';
import { ownerLives } from './claim.ts';
import { readHolder } from './holder.ts';
import type { Notice } from './notice.ts';
import { parseOwner } from './owner-text.ts';
import { type StateDirectory, listRuns } from './state-directory.ts';

/**
 * Removes the containers that earlier runs of this project left, by the engines that they used: a
 * container outlives whoever started it, and a reboot. Only those go whose label says that they
 * are this project's, and by which Pindown, and that is provably dead; to be called while what
 * the runs wrote down is still there.
 */
export async function removeLeftContainers(
  state: StateDirectory,
  projectRoot: string,
): Promise<readonly Notice[]> {
  const engines = new Set(
    listRuns(state).flatMap((id) => readHolder(join(state.runsDir, id))?.engine ?? []),
  );
  const notices: Notice[] = [];
  for (const program of engines) {
    notices.push(
      ...(await removeDead(new Engine(program), `label=${PROJECT_LABEL}=${projectRoot}`)),
    );
  }
  return notices;
}

async function removeDead(engine: Engine, filter: string): Promise<readonly Notice[]> {
  try {
    const notices: Notice[] = [];
    for (const id of await listContainers(engine, filter)) {
      const labels = await labelsOf(engine, id);
      const owner = parseOwner(labels[OWNER_LABEL] ?? '');
      if (owner === null || ownerLives(owner)) continue;
      notices.push(await remove(engine, id, labels[RUN_LABEL] ?? ''));
    }
    return notices;
  } catch (error) {
    if (!(error instanceof EngineFault)) throw error;
    const message = `whether earlier runs left containers can't be told: ${engine.program} says: ${error.message}`;
    return [{ level: 'warning', code: 'containers-not-listed', message }];
  }
}

async function remove(engine: Engine, id: string, runId: string): Promise<Notice> {
  const left = `the container ${id.slice(0, 12)} was still there: it was left by run ${runId}, whose Pindown is dead`;
  const level = 'warning';
  try {
    await removeContainer(engine, id, `id=${id}`);
    return { level, code: 'left-by-earlier-run', message: `${left}; removed by ${engine.program}` };
  } catch (error) {
    if (!(error instanceof EngineFault)) throw error;
    return { level, code: 'not-given-back', message: `${left}; ${error.message}` };
  }
}
