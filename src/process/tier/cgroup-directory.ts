import { mkdirSync, readFileSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { pause } from '../pause.ts';
import { signalProcess } from '../proc-stat.ts';

/** Which control groups hold: the one tree of version 2, or version 1's freezer. */
export type CgroupVersion = 2 | 1;

/** How long freezing is waited for; a process in an uninterruptible wait can hold it up. */
const FREEZE_MS = 500;
const LOOK_EVERY_MS = 2;

/**
 * One control group: a directory of cgroup v2 (`cgroup.freeze`, `cgroup.kill`, Linux 5.14), or of
 * the v1 freezer. What is in it, whatever it does, can leave it only by writing to another group's
 * `cgroup.procs` (cgroups(7)).
 */
export class CgroupDirectory {
  readonly path: string;
  readonly version: CgroupVersion;

  constructor(path: string, version: CgroupVersion) {
    this.path = path;
    this.version = version;
  }

  /** A group below this one; made if it is not there. */
  child(name: string): CgroupDirectory {
    const path = join(this.path, name);
    mkdirSync(path);
    return new CgroupDirectory(path, this.version);
  }

  /** The file that moves a process into the group, all of its threads, when it writes `0` there. */
  get procs(): string {
    return join(this.path, 'cgroup.procs');
  }

  /** Moves this whole process into the group. */
  enter(): void {
    writeFileSync(this.procs, '0');
  }

  /** The pids in it and in the groups below it. */
  pids(): number[] {
    const pids: number[] = [];
    for (const group of this.#tree()) {
      const text = this.#read(group, 'cgroup.procs') ?? '';
      for (const line of text.split('\n')) if (line !== '') pids.push(Number(line));
    }
    return pids;
  }

  /**
   * Stops everything in it from running, and from forking; settles when it stands still.
   *
   * @returns whether it does: a process in an uninterruptible wait can keep it from that
   */
  async freeze(): Promise<boolean> {
    const deadline = performance.now() + FREEZE_MS;
    for (;;) {
      this.#write(this.version === 2 ? ['cgroup.freeze', '1'] : ['freezer.state', 'FROZEN']);
      if (this.#frozen()) return true;
      if (performance.now() > deadline) return false;
      await pause(LOOK_EVERY_MS);
    }
  }

  thaw(): void {
    this.#write(this.version === 2 ? ['cgroup.freeze', '0'] : ['freezer.state', 'THAWED']);
  }

  /** SIGKILL to all that is in it. Of version 1 it must be frozen, so that none forks meanwhile. */
  kill(): void {
    const pids = this.pids();
    if (pids.includes(process.pid)) {
      throw new Error(`Pindown itself is in the control group ${this.path}: not killed`);
    }
    if (this.version === 2 && this.#write(['cgroup.kill', '1'])) return;
    for (const pid of pids) signalProcess(pid, 'SIGKILL');
  }

  /** Whether nobody is in it, and no group below it. */
  isBare(): boolean {
    return !hasGroupsBelow(this.path) && this.#read(this.path, 'cgroup.procs') === '';
  }

  /** Removes it and the groups below it; they must be empty. */
  remove(): void {
    for (const group of this.#tree().toReversed()) {
      try {
        rmdirSync(group);
      } catch (error) {
        if (!isSystemError(error) || error.code !== 'ENOENT') throw error;
      }
    }
  }

  #frozen(): boolean {
    return this.version === 2
      ? /^frozen 1$/m.test(this.#read(this.path, 'cgroup.events') ?? '')
      : this.#read(this.path, 'freezer.state')?.trim() === 'FROZEN';
  }

  /** This group and all below it, parents first: a nested Pindown makes groups of its own. */
  #tree(): string[] {
    const found = [this.path];
    for (const group of found) {
      if (!hasGroupsBelow(group)) continue;
      for (const entry of entriesOf(group)) {
        if (entry.isDirectory()) found.push(join(group, entry.name));
      }
    }
    return found;
  }

  #read(group: string, file: string): string | null {
    try {
      return readFileSync(join(group, file), 'utf8');
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  }

  /** Whether the kernel has that file. */
  #write([file, text]: readonly [string, string]): boolean {
    try {
      writeFileSync(join(this.path, file), text, { flag: 'r+' });
      return true;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }
}

/** Each directory in it adds a link to it (kernfs, as most file systems); a look is a call less. */
function hasGroupsBelow(group: string): boolean {
  return (statSync(group, { throwIfNoEntry: false })?.nlink ?? 0) > 2;
}

function entriesOf(group: string): { readonly name: string; isDirectory(): boolean }[] {
  try {
    return readdirSync(group, { withFileTypes: true });
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** A group that is removed while it is read: ENOENT by name, ENODEV by an open file. */
function isGone(error: unknown): boolean {
  return isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENODEV');
}
