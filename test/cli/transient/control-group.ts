import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../../../src/core/errors.ts';

/** A control group that a test has made and may set limits in. */
export interface ControlGroup {
  readonly dir: string;
  /** Lets the shell that runs it, and all that it starts, be in the group. */
  readonly enter: string;
  /** @param bytes or processes, by the group's controller */
  limit(most: number): void;
  /** To be called once nobody is in it any more. */
  remove(): void;
}

const ROOT = '/sys/fs/cgroup';

/** Where version 1 and version 2 have their limit. */
const LIMITS = {
  memory: ['memory.limit_in_bytes', 'memory.max'],
  pids: ['pids.max', 'pids.max'],
} as const;

let made = 0;

/** Null where this machine lets nobody make one, or not this user. */
export function makeControlGroup(controller: keyof typeof LIMITS): ControlGroup | null {
  const [v1, v2] = LIMITS[controller];
  const own = join(ROOT, controller);
  const [parent, file] = existsSync(own) ? [own, v1] : [ROOT, v2];
  const dir = join(parent, `pindown-test-${process.pid}-${(made += 1)}`);
  try {
    mkdirSync(dir);
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
  if (!existsSync(join(dir, file))) {
    rmdirSync(dir);
    return null;
  }
  return {
    dir,
    enter: `echo $$ > ${join(dir, 'cgroup.procs')}`,
    limit: (most) => writeFileSync(join(dir, file), String(most)),
    remove: () => {
      const left = readFileSync(join(dir, 'cgroup.procs'), 'utf8').trim();
      if (left !== '') throw new Error(`still in ${dir}: ${left}`);
      rmdirSync(dir);
    },
  };
}

/** Why tests that need one are left out; false where they are not. */
export function withoutControlGroup(controller: keyof typeof LIMITS): string | false {
  const group = makeControlGroup(controller);
  group?.remove();
  return group === null && `no control group for ${controller} can be made here`;
}
