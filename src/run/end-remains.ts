import { realpathSync } from 'node:fs';
import { sep } from 'node:path';
import type { Leak } from '../core/attempt.ts';
import { isBrandOf } from '../process/brand.ts';
import { Census } from '../process/census.ts';
import { endHold } from '../process/end-hold.ts';
import { killMembers } from '../process/kill-members.ts';
import type { Member } from '../process/member.ts';
import { bootId, readProcStat } from '../process/proc-stat.ts';
import { leftInCgroup } from '../process/tier/cgroup-tier.ts';
import { RecognisingHold } from '../process/tier/group-tier.ts';
import type { Hold } from '../process/tier/tier.ts';
import { ownerLives } from './claim.ts';
import type { Holder } from './holder.ts';

/** How processes of a run are ended whose Pindown is gone. */
export interface EndPorts {
  /** Between SIGTERM and SIGKILL, milliseconds. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
}

/** What was left of a run. */
export interface Ended {
  readonly leaks: readonly Leak[];
  /** What could not be given back to the machine, and why. */
  readonly faults: readonly string[];
}

/**
 * Ends what is provably a dead run's: in its control group, of its lineage or its brand, with its
 * output in the run's directory, or in the group or session of an attempt's first process. This
 * process and those above it are spared.
 *
 * @param leaders first processes of attempts, where they are still the same
 */
export async function endRemains(
  runDir: string,
  { runId, owner, cgroups }: Pick<Holder, 'runId' | 'owner' | 'cgroups'>,
  leaders: ReadonlySet<number>,
  { graceMs, signal }: EndPorts,
): Promise<Ended> {
  if (owner.bootId !== bootId() || ownerLives(owner)) return { leaks: [], faults: [] };
  const census = Census.ofAll();
  const own = realpathSync(runDir) + sep;
  const of = {
    lineage: `${runId}/`,
    isBranded: (brand: number) => isBrandOf(runId, brand),
    isOutput: (path: string) => path.startsWith(own),
  };
  const holds: Hold[] = [
    ...cgroups.flatMap((place) => leftInCgroup(place) ?? []),
    new RecognisingHold(census, of),
    ...[...leaders].map((leader) => new RecognisingHold(census, { ...of, leader })),
  ];
  const until = performance.now() + graceMs;
  const leaks: Leak[] = [];
  const faults: string[] = [];
  for (const hold of holds) {
    leaks.push(...(await endHold(withoutOurselves(hold), () => until, signal)));
    const fault = hold.release();
    if (fault !== null) faults.push(fault);
  }
  return { leaks, faults };
}

/** This process and its ancestors: a Pindown started by a test of the dead run is not its leak. */
function withoutOurselves(hold: Hold): Hold {
  const own = new Set(ourselves());
  const others = async (meet?: (member: Member) => void): Promise<readonly Member[]> => {
    const all = await hold.members((member) => {
      if (!own.has(member.pid)) meet?.(member);
    });
    return all.filter(({ pid }) => !own.has(pid));
  };
  return {
    within: (start) => hold.within(start),
    entry: () => hold.entry(),
    started: (first) => hold.started(first),
    members: others,
    kill: () => killMembers(others),
    release: () => hold.release(),
  };
}

function ourselves(): number[] {
  const pids: number[] = [];
  for (let pid = process.pid; pid > 1;) {
    pids.push(pid);
    pid = readProcStat(pid)?.parent ?? 0;
  }
  return pids;
}
