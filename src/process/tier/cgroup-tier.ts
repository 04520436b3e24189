import { existsSync } from 'node:fs';
import { describeFault } from '../../core/errors.ts';
import { Census } from '../census.ts';
import { type Member, commandLine, memberKey } from '../member.ts';
import { pause } from '../pause.ts';
import { hasEnded, readProcStat } from '../proc-stat.ts';
import { CgroupDirectory } from './cgroup-directory.ts';
import { type CgroupPlace, cgroupName } from './cgroup-places.ts';
import { ownCgroups } from './own-cgroups.ts';
import { SubreaperTier } from './subreaper-tier.ts';
import type { Entry, FirstProcess, Hold, Starts, Tier } from './tier.ts';

/** How often a kill is repeated, and how long each is waited for. */
const KILL_ROUNDS = 10;
const KILL_WAIT_MS = 500;
const LOOK_EVERY_MS = 2;

/** How often a look is repeated that found nobody while the kernel lists somebody. */
const LOOKS = 50;

/**
 * Holds every attempt in a control group of its own, below this process's own group. A process is
 * put there by being forked there: this process moves itself in, starts it and moves back, all in
 * one turn of the loop, so there is no moment in which it could fork outside.
 *
 * What may write to the group above, as root may, can move itself out. Where the machine allows it,
 * this process is therefore the subreaper of all that it starts, too, and an orphan in none of the
 * groups is recognised as the tier `subreaper` does it.
 */
export class CgroupTier implements Tier {
  readonly name = 'cgroup';
  readonly because: string;
  /** Where the run's groups are; the next start finds by it what a dead Pindown left. */
  readonly directory: CgroupDirectory;
  readonly #home: CgroupDirectory;
  /** Groups that are empty: to make and remove one costs more than all the rest of holding. */
  readonly #idle: CgroupDirectory[] = [];
  #made = 0;
  /** Null where what leaves its group is lost. */
  readonly #strays: Tier | null;

  private constructor(home: CgroupDirectory, directory: CgroupDirectory, runId: string) {
    this.#home = home;
    this.directory = directory;
    const held = (): ReadonlySet<number> => new Set(directory.pids());
    const strays = SubreaperTier.open(runId, '', () => Census.ofStrays(held));
    this.#strays = typeof strays === 'string' ? null : strays;
    const below =
      home.version === 2
        ? `cgroup v2 below ${home.path}`
        : `the freezer of cgroup v1 below ${home.path}`;
    this.because =
      typeof strays === 'string' ? `${below}; what leaves it is lost (${strays})` : below;
  }

  /** @returns the tier, or why the machine does not allow it */
  static open(runId: string): CgroupTier | string {
    const homes = ownCgroups();
    const faults: string[] = [];
    for (const home of homes) {
      try {
        return new CgroupTier(home, probed(home, cgroupName(runId)), runId);
      } catch (error) {
        faults.push(`${home.path}: ${describeFault(error)}`);
      }
    }
    return homes.length === 0 ? 'no control groups are mounted' : faults.join('; ');
  }

  hold(token: string, starts?: Starts): Hold {
    let group = this.#idle.pop();
    if (group === undefined) {
      this.#made += 1;
      group = this.directory.child(String(this.#made));
    }
    return new CgroupHold(group, this.#home, this.#idle, this.#strays?.hold(token, starts));
  }

  remains(): Hold {
    return new CgroupHold(this.directory, this.#home, null, this.#strays?.remains());
  }

  close(): string | null {
    this.#strays?.close();
    return removed(this.directory);
  }
}

/**
 * What a dead Pindown's group still holds.
 *
 * @param place one of those that the run wrote down
 * @returns null where it has no group there
 */
export function leftInCgroup({ path, version }: CgroupPlace): Hold | null {
  if (!existsSync(path)) return null;
  const directory = new CgroupDirectory(path, version);
  // It may have died while it froze them.
  directory.thaw();
  return new CgroupHold(directory, null, null);
}

class CgroupHold implements Hold {
  readonly #group: CgroupDirectory;
  readonly #home: CgroupDirectory | null;
  /** Where an empty group goes; null where it is to be removed. */
  readonly #idle: CgroupDirectory[] | null;
  /** On what has left the group; null where nobody is looked for outside. */
  readonly #strays: Hold | null;

  constructor(
    group: CgroupDirectory,
    home: CgroupDirectory | null,
    idle: CgroupDirectory[] | null,
    strays: Hold | null = null,
  ) {
    this.#group = group;
    this.#home = home;
    this.#idle = idle;
    this.#strays = strays;
  }

  within<T>(start: () => T): T {
    this.#group.enter();
    try {
      return this.#strays === null ? start() : this.#strays.within(start);
    } finally {
      this.#home?.enter();
    }
  }

  entry(): Entry {
    const outside = this.#strays?.entry();
    const brand = outside?.kind === 'brand' ? outside.brand : null;
    return { kind: 'control-group', procs: this.#group.procs, brand };
  }

  started(first: FirstProcess): void {
    this.#strays?.started(first);
  }

  async members(): Promise<readonly Member[]> {
    const within = await this.#within();
    if (this.#strays === null) return within;
    const strays = await this.#strays.members();
    return strays.length === 0 ? within : [...within, ...strays];
  }

  async #within(): Promise<readonly Member[]> {
    for (let looks = 1; ; looks += 1) {
      const pids = this.#pids();
      const members = membersAmong(pids);
      if (members.length > 0 || pids.length === 0 || looks === LOOKS) return members;
      // Whoever was listed had ended before its turn, and may have started somebody until then.
      await pause(LOOK_EVERY_MS);
    }
  }

  #pids(): number[] {
    return this.#group.pids().filter((pid) => pid !== process.pid);
  }

  async kill(): Promise<readonly Member[]> {
    // Had the way back failed, this process would freeze and kill itself.
    if (this.#group.pids().includes(process.pid)) this.#home?.enter();
    const met = new Map<string, Member>();
    for (let round = 0; round < KILL_ROUNDS; round += 1) {
      await this.#group.freeze();
      const members = membersAmong(this.#pids());
      for (const member of members) met.set(memberKey(member), member);
      this.#group.kill();
      this.#group.thaw();
      if (await this.#empties()) break;
    }
    for (const stray of (await this.#strays?.kill()) ?? []) met.set(memberKey(stray), stray);
    return [...met.values()];
  }

  async #empties(): Promise<boolean> {
    const deadline = performance.now() + KILL_WAIT_MS;
    for (;;) {
      if (membersAmong(this.#pids()).length === 0) return true;
      if (performance.now() > deadline) return false;
      await pause(LOOK_EVERY_MS);
    }
  }

  release(): string | null {
    this.#strays?.release();
    if (this.#idle === null || !this.#group.isBare()) return removed(this.#group);
    this.#idle.push(this.#group);
    return null;
  }
}

function membersAmong(pids: readonly number[]): Member[] {
  const members: Member[] = [];
  for (const pid of pids) {
    const stat = readProcStat(pid);
    if (stat === null || hasEnded(stat)) continue;
    members.push({
      pid,
      startTime: stat.startTime,
      command: commandLine(pid) ?? stat.command,
      parent: stat.parent,
      foundBy: ['control group'],
    });
  }
  return members;
}

function removed(group: CgroupDirectory): string | null {
  try {
    group.remove();
    return null;
  } catch (error) {
    return `the control group ${group.path} could not be removed: ${describeFault(error)}`;
  }
}

/** Makes the run's group and tries all that holding needs: the kernel's word, not its files'. */
function probed(home: CgroupDirectory, name: string): CgroupDirectory {
  const group = home.child(name);
  try {
    const child = group.child('probe');
    child.enter();
    home.enter();
    child.thaw();
    child.remove();
    return group;
  } catch (error) {
    group.remove();
    throw error;
  }
}
