import { readdirSync } from 'node:fs';
import { brandOf } from './brand.ts';
import {
  type Descendants,
  descendantsOf,
  showsChildren,
  straysOfThisProcess,
} from './descendants.ts';
import { lineageIn } from './lineage.ts';
import { type Member, commandLine } from './member.ts';
import { pause } from './pause.ts';
import {
  type ProcStat,
  hasEnded,
  isAlive,
  readProcFile,
  readProcLink,
  readProcStat,
  signalProcess,
} from './proc-stat.ts';
import { shownBy } from './shown-by.ts';
import { Strangers } from './strangers.ts';

/** How an attempt's processes are recognised where no kernel container holds them. */
export interface Ownership {
  /**
   * The process group and session that its first process leads; null where that pid may be
   * somebody else's by now.
   */
  readonly leader: number | null;
  /** The run, or the attempt of it, in the `PINDOWN_LINEAGE` of everything it started. */
  readonly lineage: string;
  /** The files that its output goes to; whoever holds one as stdout or stderr is its own. */
  readonly outputs: readonly string[];
  /** Whether a file is such a one, where there are too many to name. */
  isOutput?(path: string): boolean;
  /** Whether a brand is its own, where its processes carry one. */
  isBranded?(brand: number): boolean;
  /** Whether a process that nothing is recognised by can be nobody else's. */
  claims?(stat: ProcStat): boolean;
}

/** How often a look that could not tell is repeated, and how long apart, milliseconds. */
const LOOKS = 8;
const BETWEEN_LOOKS_MS = 2;

/** How often then only those are looked at who came since, one look right after the other. */
const LOOKS_AT_NEW = 30;

/**
 * Finds the processes of attempts among all that run. It remembers the processes that were there
 * before the run and those that descend from them, which can't be ours, so that a look costs about
 * as much as there are processes of our own. Where there is no `/proc` it can only ask whether the
 * process group is empty.
 */
export class Census {
  readonly #bystanders: Set<number>;
  readonly #strangers: Strangers | null;
  /** All that was there at the last look; of those that had ended, when each had started. */
  #seen: ReadonlySet<number> = new Set();
  readonly #ended = new Map<number, number>();

  /** Where only some descendants of this process are looked at. */
  readonly #walk: (() => Descendants) | null;

  private constructor(
    bystanders: readonly number[],
    strangers: Strangers | null,
    walk: (() => Descendants) | null = null,
  ) {
    this.#bystanders = new Set(bystanders);
    this.#strangers = strangers;
    this.#walk = walk;
  }

  /** For what is started from now on. */
  static fromNow(): Census {
    return new Census(listPids(), Strangers.toThisProcess());
  }

  /** For what is started from now on, where this process is the subreaper of all of it. */
  static ofDescendants(): Census {
    if (!showsChildren()) return Census.fromNow();
    const before = descendantsSoFar();
    return new Census([], null, () => descendantsOf(process.pid, before));
  }

  /**
   * For what is started from now on and gets away from whoever holds it, where this process is the
   * subreaper of all of it: costs next to nothing as long as nobody does.
   *
   * @param held who is held
   */
  static ofStrays(held: () => ReadonlySet<number>): Census {
    const before = descendantsSoFar();
    return new Census([], null, () => straysOfThisProcess(held, before));
  }

  /** For what an earlier Pindown may have started: nobody is a bystander. */
  static ofAll(): Census {
    return new Census([], null);
  }

  /**
   * The living processes (no zombies) that belong to the attempt. One look can miss: a process in
   * the middle of exec(2) shows no environment, and one that forks and ends between the listing
   * and its turn hides its child. So a look that met either, and found nobody else, is repeated; at
   * last at the new ones alone, which is over before what forks and ends all the time has moved on.
   *
   * @param meet is told of each as soon as it is recognised
   */
  async members(owner: Ownership, meet?: (member: Member) => void): Promise<Member[]> {
    for (let looks = 1; ; looks += 1) {
      const { members, certain } = this.#look(owner, meet);
      if (members.length > 0 || certain) return members;
      if (looks === LOOKS) break;
      await pause(BETWEEN_LOOKS_MS);
    }
    const many = this.#walk === null ? LOOKS_AT_NEW : 0;
    for (let looks = 1; looks <= many; looks += 1) {
      const { members } = this.#lookAtAll(this.#listed().fresh, owner, meet);
      if (members.length > 0) return members;
    }
    return [];
  }

  #look(
    owner: Ownership,
    meet: ((member: Member) => void) | undefined,
  ): { readonly members: Member[]; readonly certain: boolean } {
    if (this.#walk !== null) return lookAt(this.#walk(), owner, meet);
    const { fresh, old } = this.#listed();
    if (fresh.length + old.length === 0) return { members: groupOnly(owner), certain: true };
    this.#forgetTheDead();
    return this.#lookAtAll([...fresh, ...old], owner, meet);
  }

  #lookAtAll(
    pids: readonly number[],
    owner: Ownership,
    meet: ((member: Member) => void) | undefined,
  ): { readonly members: Member[]; readonly certain: boolean } {
    const outputs = new Set(owner.outputs);
    const members: Member[] = [];
    let certain = true;
    for (const pid of pids) {
      if (this.#bystanders.has(pid) || pid === process.pid) continue;
      const stat = readProcStat(pid);
      const ends = stat !== null && this.#endsNow(stat) && this.#strangers?.meets(stat) !== true;
      if (stat === null || ends) certain = false;
      if (stat === null || hasEnded(stat)) continue;
      if (this.#strangers?.knows(stat) === true) continue;
      const foundBy = recognise(stat, owner, outputs);
      const unknown = foundBy === 'hidden' || foundBy.length === 0;
      if (unknown && this.#strangers?.meets(stat) === true) continue;
      if (foundBy === 'hidden') certain = false;
      if (unknown) continue;
      const member = memberOf(stat, foundBy);
      members.push(member);
      meet?.(member);
    }
    return { members, certain };
  }

  /**
   * All that are there, the newest first, and apart from those that the last look listed: what forks
   * and ends all the time is met only by who looks at it at once.
   */
  #listed(): { readonly fresh: readonly number[]; readonly old: readonly number[] } {
    const before = this.#seen;
    const pids = listPids();
    this.#seen = new Set(pids);
    const old: number[] = [];
    const fresh: number[] = [];
    for (const pid of pids) (before.has(pid) ? old : fresh).push(pid);
    return { fresh: fresh.toReversed(), old };
  }

  /** Whether it has ended since the last look, so that it may have started somebody until then. */
  #endsNow(stat: ProcStat): boolean {
    if (!hasEnded(stat) || this.#ended.get(stat.pid) === stat.startTime) return false;
    this.#ended.set(stat.pid, stat.startTime);
    return true;
  }

  /** A pid that ended may come back as somebody else's, who is then no bystander any more. */
  #forgetTheDead(): void {
    const living = this.#seen;
    for (const pid of this.#bystanders) if (!living.has(pid)) this.#bystanders.delete(pid);
    for (const pid of this.#ended.keys()) if (!living.has(pid)) this.#ended.delete(pid);
    this.#strangers?.forgetTheDead(living);
  }
}

/**
 * By pid, when those were started that this process has already: a shell's `server & exec pindown`
 * gives it some.
 */
function descendantsSoFar(): ReadonlyMap<number, number> {
  const before = descendantsOf(process.pid).found;
  return new Map(before.map(({ pid, startTime }) => [pid, startTime]));
}

/** Looks only at those that can be ours, since all orphans of ours come to this process. */
function lookAt(
  { found, whole }: Descendants,
  owner: Ownership,
  meet: ((member: Member) => void) | undefined,
): { readonly members: Member[]; readonly certain: boolean } {
  const outputs = new Set(owner.outputs);
  const members: Member[] = [];
  for (const stat of found) {
    if (hasEnded(stat)) continue;
    const foundBy = recognise(stat, owner, outputs);
    if (foundBy === 'hidden' || foundBy.length === 0) continue;
    const member = memberOf(stat, foundBy);
    members.push(member);
    meet?.(member);
  }
  return { members, certain: whole };
}

function memberOf(stat: ProcStat, foundBy: readonly string[]): Member {
  const { pid, startTime, parent } = stat;
  return { pid, startTime, command: commandLine(pid) ?? stat.command, parent, foundBy };
}

/** The pid of the parent of all kernel threads. */
const KTHREADD = 2;

/**
 * By what a process is the owner's, the first that holds of what can be asked, the cheapest first;
 * `hidden` where it shows nothing to tell by.
 */
function recognise(
  stat: ProcStat,
  owner: Ownership,
  outputs: ReadonlySet<string>,
): readonly string[] | 'hidden' {
  const ledBy: string[] = [];
  if (stat.group === owner.leader) ledBy.push('process group');
  if (stat.session === owner.leader) ledBy.push('session');
  if (ledBy.length > 0) return ledBy;
  if (isBranded(stat, owner)) return ['brand'];
  const shown = shownBy(stat);
  const held = heldOutputs(shown, owner, outputs);
  if (held.length > 0) return held;
  const environment = readProcFile(`${shown}/environ`);
  if (lineageIn(environment ?? '')?.includes(owner.lineage) === true) return ['environment'];
  if (owner.claims?.(stat) === true) return ['descent'];
  // In the middle of exec(2) there is none, nor once it has ended, nor are others allowed to see
  // it; kernel threads, children of kthreadd, never have one.
  const hidden =
    environment === null
      ? !isAlive(stat.pid, stat.startTime)
      : environment === '' && stat.parent !== KTHREADD;
  return hidden ? 'hidden' : [];
}

function isBranded({ pid }: ProcStat, owner: Ownership): boolean {
  if (owner.isBranded === undefined) return false;
  const brand = brandOf(pid);
  return brand !== null && owner.isBranded(brand);
}

function heldOutputs(shown: string, owner: Ownership, outputs: ReadonlySet<string>): string[] {
  return OUTPUTS.flatMap(([name, descriptor]) => {
    const target = readProcLink(`${shown}/fd/${descriptor}`);
    if (target === null) return [];
    return outputs.has(target) || owner.isOutput?.(target) === true ? [`holds ${name}`] : [];
  });
}

const OUTPUTS = [
  ['stdout', 1],
  ['stderr', 2],
] as const;

function groupOnly(owner: Ownership): Member[] {
  if (owner.leader === null || signalProcess(-owner.leader, 0) === 'gone') return [];
  return [
    {
      pid: owner.leader,
      startTime: null,
      command: `process group ${owner.leader}`,
      parent: null,
      foundBy: ['process group'],
    },
  ];
}

/** Every pid in `/proc`; empty where there is none. */
function listPids(): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}
