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
   */
  hold(token: string): Hold;
  /** What of the run is still there, whoever's it was; to be asked once its attempts are over. */
  remains(): Hold;
  /**
   * Gives back what the tier has taken of the machine.
   *
   * @returns what could not be given back, and why
   */
  close(): string | null;
}

/** One attempt's processes, from before the first is started until none is left. */
export interface Hold {
  /**
   * Runs `start`, which must start the process before it returns: whatever it starts is held from
   * its first instruction on.
   */
  within<T>(start: () => T): T;
  /** Says what was started, by which its descendants may be recognised. */
  started(first: FirstProcess): void;
  /**
   * The living processes that are held (no zombies). Empty means: there is nobody.
   */
  members(): Promise<readonly Member[]>;
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

export interface FirstProcess {
  /** Also its process group and its session. */
  readonly pid: number;
  /** The files that its output goes to; whoever holds one as stdout or stderr is its own. */
  readonly outputs: readonly string[];
}
