import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../core/errors.ts';
import { type CgroupPlace, cgroupPlaces } from '../process/tier/cgroup-places.ts';
import { type Keep, type WorldOptions, worldsRoot } from '../sandbox/world.ts';
import type { Tier as TierName } from '../core/run.ts';
import { type Owner, thisOwner } from './claim.ts';

/**
 * Who holds a run, and all that it may come to hold: in the run's directory from its first moment
 * on, before any of it is made, so that the next start can tell whether its Pindown is still there,
 * and finds what that left, whenever it died.
 */
export interface Holder {
  readonly runId: string;
  readonly owner: Owner;
  readonly cgroups: readonly CgroupPlace[];
  /** Where its attempts' private worlds are, and which of them are kept; null where it has none. */
  readonly worlds: { readonly root: string; readonly keep: Keep } | null;
  /** The program whose containers it may leave; null where it makes none. */
  readonly engine: string | null;
}

const NAME = 'holder.json';

/** What a run that is to be isolated like this will hold; null where nothing is run. */
export function newHolder(
  runId: string,
  isolation: (WorldOptions & { readonly tier: TierName; readonly engine: string | null }) | null,
): Holder {
  const root = isolation === null ? null : worldsRoot(isolation);
  return {
    runId,
    engine: isolation?.engine ?? null,
    owner: thisOwner(),
    cgroups: isolation?.tier === 'cgroup' ? cgroupPlaces(runId) : [],
    worlds: isolation === null || root === null ? null : { root, keep: isolation.keep },
  };
}

export function writeHolder(runDir: string, holder: Holder): void {
  writeFileSync(join(runDir, NAME), JSON.stringify(holder), { flag: 'wx' });
}

/** Null where there is none: it is no run's directory, or one of an older Pindown. */
export function readHolder(runDir: string): Holder | null {
  try {
    return JSON.parse(readFileSync(join(runDir, NAME), 'utf8')) as Holder;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    if (isSystemError(error) && error.code === 'ENOENT') return null;
    throw error;
  }
}
