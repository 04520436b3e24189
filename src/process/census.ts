import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { isSystemError } from '../core/errors.ts';
import { pause } from './pause.ts';
import { GONE_OR_FOREIGN, readProcFile, readProcStat, signalProcess } from './proc-stat.ts';
import { Strangers } from './strangers.ts';

/** How an attempt's processes are recognised where no kernel container holds them. */
export interface Ownership {
  /**
   * The process group and session that its first process leads; null where that pid may be
   * somebody else's by now.
   */
  readonly leader: number | null;
  /** `NAME=value` in the environment of everything it started. */
  readonly cookie: string;
  /** The files that its output goes to; whoever holds one as stdout or stderr is its own. */
  readonly outputs: readonly string[];
}

export interface Member {
  readonly pid: number;
  readonly startTime: number | null;
  readonly command: string;
  readonly parent: number | null;
  readonly foundBy: readonly string[];
}

const COMMAND_LENGTH = 500;

/** How often a look that could not tell is repeated, and how long apart, milliseconds. */
const LOOKS = 8;
const BETWEEN_LOOKS_MS = 2;

/**
 * Finds the processes of attempts among all that run. It remembers the processes that were there
 * before the run and those that descend from them, which can't be ours, so that a look costs about
 * as much as there are processes of our own. Where there is no `/proc` it can only ask whether the
 * process group is empty.
 */
export class Census {
  readonly #bystanders: Set<number>;
  readonly #strangers: Strangers | null;

  private constructor(bystanders: readonly number[], strangers: Strangers | null) {
    this.#bystanders = new Set(bystanders);
    this.#strangers = strangers;
  }

  /** For what is started from now on. */
  static fromNow(): Census {
    return new Census(listPids(), Strangers.toThisProcess());
  }

  /** For what an earlier Pindown may have started: nobody is a bystander. */
  static ofAll(): Census {
    return new Census([], null);
  }

  /**
   * The living processes (no zombies) that belong to the attempt. One look can miss: a process in
   * the middle of exec(2) shows no environment, and one that forks and ends between the listing
   * and its turn hides its child. So a look that met either, and found nobody else, is repeated.
   */
  async members(owner: Ownership): Promise<Member[]> {
    for (let looks = 1; ; looks += 1) {
      const { members, certain } = this.#look(owner);
      if (members.length > 0 || certain || looks === LOOKS) return members;
      await pause(BETWEEN_LOOKS_MS);
    }
  }

  #look(owner: Ownership): { readonly members: Member[]; readonly certain: boolean } {
    const pids = listPids();
    if (pids.length === 0) return { members: groupOnly(owner), certain: true };
    this.#forgetTheDead(pids);
    const outputs = new Set(owner.outputs);
    const members: Member[] = [];
    let certain = true;
    for (const pid of pids) {
      if (this.#bystanders.has(pid) || pid === process.pid) continue;
      const stat = readProcStat(pid);
      if (stat === null) certain = false;
      if (stat === null || stat.state === 'Z' || stat.state === 'X') continue;
      if (this.#strangers?.knows(stat) === true) continue;
      const foundBy = recognise(pid, stat, owner, outputs);
      const unknown = foundBy === 'in exec' || foundBy.length === 0;
      if (unknown && this.#strangers?.meets(stat) === true) continue;
      if (foundBy === 'in exec') certain = false;
      if (foundBy === 'in exec' || foundBy.length === 0) continue;
      const command = commandLine(pid) ?? stat.command;
      members.push({ pid, startTime: stat.startTime, command, parent: stat.parent, foundBy });
    }
    return { members, certain };
  }

  /** A pid that ended may come back as somebody else's, who is then no bystander any more. */
  #forgetTheDead(pids: readonly number[]): void {
    const living = new Set(pids);
    for (const pid of this.#bystanders) if (!living.has(pid)) this.#bystanders.delete(pid);
    this.#strangers?.forgetTheDead(living);
  }
}

/** The pid of the parent of all kernel threads. */
const KTHREADD = 2;

function recognise(
  pid: number,
  stat: { readonly group: number; readonly session: number; readonly parent: number },
  owner: Ownership,
  outputs: ReadonlySet<string>,
): readonly string[] | 'in exec' {
  const foundBy: string[] = [];
  if (stat.group === owner.leader) foundBy.push('process group');
  if (stat.session === owner.leader) foundBy.push('session');
  for (const [name, descriptor] of [
    ['stdout', 1],
    ['stderr', 2],
  ] as const) {
    const target = linkTarget(`/proc/${pid}/fd/${descriptor}`);
    if (target !== null && outputs.has(target)) foundBy.push(`holds ${name}`);
  }
  const environment = readProcFile(`/proc/${pid}/environ`);
  if (environment?.split('\0').includes(owner.cookie)) foundBy.push('environment');
  // Kernel threads, children of kthreadd, never have one.
  if (foundBy.length === 0 && environment === '' && stat.parent !== KTHREADD) return 'in exec';
  return foundBy;
}

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

function linkTarget(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (isSystemError(error) && GONE_OR_FOREIGN.has(error.code)) return null;
    throw error;
  }
}

function commandLine(pid: number): string | null {
  const raw = readProcFile(`/proc/${pid}/cmdline`);
  if (raw === null || raw === '') return null;
  return raw
    .replaceAll(/[\s\0]+/g, ' ')
    .trim()
    .slice(0, COMMAND_LENGTH);
}

/** The size of a file in bytes; 0 where it is not there. */
export function fileSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
