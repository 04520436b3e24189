import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../core/errors.ts';
import type { CgroupVersion } from '../process/tier/cgroup-directory.ts';
import type { Tier } from '../process/tier/tier.ts';
import { CgroupTier } from '../process/tier/cgroup-tier.ts';
import { type Owner, thisOwner } from './claim.ts';

/**
 * Who holds a run, and with what: written before the run starts anything, so that the next start
 * can tell whether its Pindown is still there, and find all that it left, whatever came in between.
 */
export interface Holder {
  readonly runId: string;
  readonly owner: Owner;
  readonly cgroup: { readonly path: string; readonly version: CgroupVersion } | null;
  /** Where its attempts' private worlds are. */
  readonly worlds: string | null;
  /** The program whose containers it may leave; null where it makes none. */
  readonly engine: string | null;
}

const NAME = 'holder.json';

export function writeHolder(
  runDir: string,
  { runId, tier, worlds, engine }: Pick<Holder, 'runId' | 'worlds' | 'engine'> & {
    readonly tier: Tier;
  },
): void {
  const holder: Holder = {
    runId,
    worlds,
    engine,
    owner: thisOwner(),
    cgroup:
      tier instanceof CgroupTier
        ? { path: tier.directory.path, version: tier.directory.version }
        : null,
  };
  writeFileSync(join(runDir, NAME), JSON.stringify(holder), { flag: 'wx' });
}

/** Null where there is none, or none whole: its Pindown died before it had started anything. */
export function readHolder(runDir: string): Holder | null {
  try {
    return JSON.parse(readFileSync(join(runDir, NAME), 'utf8')) as Holder;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    if (isSystemError(error) && error.code === 'ENOENT') return null;
    throw error;
  }
}
