import type { Tier as TierName } from '../../core/run.ts';
import { Census } from '../census.ts';
import { CgroupTier } from './cgroup-tier.ts';
import { GroupTier } from './group-tier.ts';
import { SubreaperTier } from './subreaper-tier.ts';
import type { Tier } from './tier.ts';

/**
 * The strongest tier that this machine allows, found out by trying it.
 *
 * @param strongest where the user wants no stronger one
 */
export function chooseTier(runId: string, strongest: TierName = 'cgroup'): Tier {
  const missing: string[] = [];
  if (strongest === 'cgroup') {
    const cgroup = CgroupTier.open(runId);
    if (typeof cgroup !== 'string') return cgroup;
    missing.push(`no control group can be used (${cgroup})`);
  }
  if (strongest !== 'group') {
    const subreaper = SubreaperTier.open(runId, missing.join('; '));
    if (typeof subreaper !== 'string') return subreaper;
    missing.push(subreaper);
  }
  const because = missing.length === 0 ? 'as asked for' : missing.join('; ');
  return new GroupTier(runId, Census.fromNow(), because);
}
