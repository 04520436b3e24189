import type { Tier as TierName } from '../../core/run.ts';
import type { Member } from '../member.ts';

/** How the process trees of a run's attempts are held, see `choose-tier.ts`. */
export interface Tier {
  readonly name: TierName;
  /** What holds them, and why nothing stronger does; one line for people. */
  readonly because: string;
  /**
   * Makes ready to hold what one process will start.
   *
   * @param token names the attempt, the batch or the listing; never used twice in a run
   * @param starts whether it starts processes on its own account, so that one by which nothing else
   *   is to be recognised may be its; `forks-for-others` where it is there for others all the time
   */
  hold(token: string, starts?: Starts): Hold;
  /** What of the run is still there, whoever's it was; to be asked once its attempts are over. */
  remains(): Hold;
  /**
   * Gives back what the tier has taken of the machine.
   *
   * @returns what could not be given back, and why
   */
  close(): string | null;
}

/** Whether a process that is held starts others on its own account. */
export type Starts = 'its-own' | 'forks-for-others';

/** One attempt's processes, from before the first is started until none is left. */
export interface Hold {
  /**
   * Runs `start`, which must start the process before it returns: whatever it starts is held from
   * its first instruction on.
   */
  within<T>(start: () => T): T;
  /**
   * For a process that another one than this forks: what it has to do to itself before anything
   * else, so that it is held from then on.
   */
  entry(): Entry;
  /** Says what was started, by which its descendants may be recognised. */
  started(first: FirstProcess): void;
  /**
   * The living processes that are held (no zombies). Empty means: there is nobody.
   *
   * @param meet is told of each as soon as it is met, where finding all of them takes time
   */
  members(meet?: (member: Member) => void): Promise<readonly Member[]>;
  /**
   * Kills all that are held: stops them, takes the census until it no longer grows, kills, and
   * looks until nobody is there, all within bounds.
   *
   * @returns everybody that it met
   */
  kill(): Promise<readonly Member[]>;
  /**
   * Gives back what holding took of the machine; nobody must be held any more.
   *
   * @returns what could not be given back, and why
   */
  release(): string | null;
}

/** How a process enters a hold by itself. */
export type Entry =
  /**
   * By writing `0` (itself) into the `cgroup.procs` of a control group, with a brand besides, for
   * what leaves the group, unless that is null.
   */
  | { readonly kind: 'control-group'; readonly procs: string; readonly brand: number | null }
  /** By making the brand its soft RLIMIT_RTTIME, microseconds. */
  | { readonly kind: 'brand'; readonly brand: number }
  /** By its session, its environment and its output alone. */
  | { readonly kind: 'none' };

export interface FirstProcess {
  /** Also its process group and its session. */
  readonly pid: number;
  /** The files that its output goes to; whoever holds one as stdout or stderr is its own. */
  readonly outputs: readonly string[];
}
