import { join } from 'node:path';
import { LINEAGE } from '../process/lineage.ts';
import { livingLineages, runsOf } from '../process/lineages.ts';
import { type EndPorts, endRemains } from './end-remains.ts';
import { readHolder } from './holder.ts';
import { leftNotice, type Notice, notGivenBack } from './notice.ts';
import { type StateDirectory, listRuns } from './state-directory.ts';

export interface PreflightPorts extends EndPorts {
  /** This process's own environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Ends what earlier runs of this project left that were closed in good order, and names it: a
 * process that says it descends from a run that is this project's and whose Pindown is dead. What
 * this very process descends from is left alone, and what descends from that.
 */
export async function endLeftovers(
  state: StateDirectory,
  ports: PreflightPorts,
): Promise<readonly Notice[]> {
  const runs = listRuns(state);
  if (runs.length === 0) return [];
  const living = livingLineages();
  const own = new Set(runsOf(`${LINEAGE}=${ports.env[LINEAGE] ?? ''}`));
  const notices: Notice[] = [];
  for (const runId of runs) {
    if (!living.has(runId) || own.has(runId)) continue;
    const runDir = join(state.runsDir, runId);
    const holder = readHolder(runDir);
    if (holder === null) continue;
    const { leaks, faults } = await endRemains(runDir, holder, new Set(), ports);
    const found = `it was left by run ${runId}`;
    notices.push(...leaks.map((leak) => leftNotice('left-by-earlier-run', leak, found)));
    notices.push(...faults.map((message) => notGivenBack(message)));
  }
  return notices;
}
