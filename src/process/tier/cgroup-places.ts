import { join } from 'node:path';
import { ownCgroups } from './own-cgroups.ts';
import type { CgroupVersion } from './cgroup-directory.ts';

/** Where a run's control group is, or may be. */
export interface CgroupPlace {
  readonly path: string;
  readonly version: CgroupVersion;
}

/** A run's group is named after the run; nobody else's can be. */
export function cgroupName(runId: string): string {
  return `pindown-${runId}`;
}

/**
 * Every place in which a run of this process may come to have its group: to be written down before
 * the first is tried, so that the next start finds it whenever this process dies.
 */
export function cgroupPlaces(runId: string): CgroupPlace[] {
  return ownCgroups().map(({ path, version }) => ({
    path: join(path, cgroupName(runId)),
    version,
  }));
}
