import { join } from 'node:path';
import { Census } from '../process/census.ts';
import { endHold } from '../process/end-hold.ts';
import { LINEAGE } from '../process/lineage.ts';
import { livingLineages, runsOf } from '../process/lineages.ts';
import { bootId } from '../process/proc-stat.ts';
import { RecognisingHold } from '../process/tier/group-tier.ts';
import { ownerLives } from './claim.ts';
import { readHolder } from './holder.ts';
import type { Notice } from './notice.ts';
import { withoutOurselves } from './recover.ts';
import { type StateDirectory, listRuns } from './state-directory.ts';

export interface PreflightPorts {
  /** Between SIGTERM and SIGKILL, milliseconds. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
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
  { graceMs, signal, env }: PreflightPorts,
): Promise<readonly Notice[]> {
  const runs = listRuns(state);
  if (runs.length === 0) return [];
  const living = livingLineages();
  const own = new Set(runsOf(`${LINEAGE}=${env[LINEAGE] ?? ''}`));
  const notices: Notice[] = [];
  for (const runId of runs) {
    if (!living.has(runId) || own.has(runId)) continue;
    const owner = readHolder(join(state.runsDir, runId))?.owner;
    if (owner === undefined || owner.bootId !== bootId() || ownerLives(owner)) continue;
    const hold = withoutOurselves(new RecognisingHold(Census.ofAll(), { lineage: `${runId}/` }));
    const until = performance.now() + graceMs;
    for (const { pid, command, foundBy, endedBy } of await endHold(hold, () => until, signal)) {
      notices.push({
        level: 'warning',
        code: 'left-by-earlier-run',
        message: `pid ${pid} (${command}) was still there, left by run ${runId}; found by ${foundBy.join(', ')}; ended by ${endedBy}`,
      });
    }
  }
  return notices;
}
