import { availableParallelism } from 'node:os';
import { readProcFile } from './proc-stat.ts';

/**
 * How many processors this process may use: the scheduler's affinity mask, and no more than its
 * control group's CPU quota, rounded up (cgroup v2 `cpu.max`; v1 `cpu.cfs_quota_us`). At least 1.
 */
export function availableProcessors(): number {
  const quota = Math.min(quotaV2(), quotaV1());
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(quota)));
}

/** The tightest `cpu.max` from this process's group up to the root. */
function quotaV2(): number {
  const own = /^0::(.*)$/m.exec(readProcFile('/proc/self/cgroup') ?? '')?.[1];
  if (own === undefined) return Infinity;
  let tightest = Infinity;
  for (const mount of ['/sys/fs/cgroup', '/sys/fs/cgroup/unified']) {
    for (let group = own; ; group = group.slice(0, group.lastIndexOf('/'))) {
      const [quota, period] = (readProcFile(`${mount}${group}/cpu.max`) ?? 'max').trim().split(' ');
      if (quota !== undefined && quota !== 'max') {
        tightest = Math.min(tightest, Number(quota) / Number(period ?? 100_000));
      }
      if (group === '' || group === '/') break;
    }
  }
  return tightest;
}

function quotaV1(): number {
  const own = /^\d+:(?:[^:]*,)?cpu(?:,[^:]*)?:(.*)$/m.exec(
    readProcFile('/proc/self/cgroup') ?? '',
  )?.[1];
  if (own === undefined) return Infinity;
  const dir = `/sys/fs/cgroup/cpu${own}`;
  const quota = Number(readProcFile(`${dir}/cpu.cfs_quota_us`) ?? -1);
  const period = Number(readProcFile(`${dir}/cpu.cfs_period_us`) ?? 0);
  return quota > 0 && period > 0 ? quota / period : Infinity;
}
