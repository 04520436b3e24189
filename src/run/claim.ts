import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../core/errors.ts';
import { uuidv7 } from '../core/ids.ts';
import { bootId, isAlive, readProcStat } from '../process/proc-stat.ts';

/** Who owns something, so that a later process can tell whether the owner is still there. */
export interface Owner {
  readonly pid: number;
  /** Clock ticks since boot; null where it can't be read. */
  readonly startTime: number | null;
  readonly bootId: string | null;
}

/** This process as an owner. */
export function thisOwner(): Owner {
  return {
    pid: process.pid,
    startTime: readProcStat(process.pid)?.startTime ?? null,
    bootId: bootId(),
  };
}

/** Whether an owner may still be there. What can't be told apart counts as alive. */
export function ownerLives(owner: Owner): boolean {
  const boot = bootId();
  if (owner.bootId !== null && boot !== null && owner.bootId !== boot) return false;
  return isAlive(owner.pid, owner.startTime);
}

/**
 * Claims a directory for one process, once and for all: `claim-1.json` appears whole, by link(2),
 * and only one process can make it appear. Where its owner is dead, `claim-2.json` decides, and so
 * on; none is ever removed, so no claimant can take another's away.
 *
 * @returns whether the directory is ours now
 */
export function claim(dir: string): boolean {
  const candidate = join(dir, `.claim-${uuidv7()}`);
  writeFileSync(candidate, JSON.stringify(thisOwner()), { flag: 'wx' });
  try {
    for (let number = 1; ; number += 1) {
      const file = join(dir, `claim-${number}.json`);
      if (appears(candidate, file)) return true;
      if (ownerLives(readOwner(file))) return false;
    }
  } finally {
    rmSync(candidate, { force: true });
  }
}

function appears(candidate: string, file: string): boolean {
  try {
    linkSync(candidate, file);
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(file: string): Owner {
  return JSON.parse(readFileSync(file, 'utf8')) as Owner;
}
