import type { Leak } from '../../core/attempt.ts';
import type { Ending } from '../../core/ending.ts';
import type { IsolationKind } from '../../core/run.ts';
import type { Member } from '../../process/member.ts';
import type { SpawnSpec } from '../../process/spawn.ts';
import type { SpawnFailure } from '../../process/spawn-failure.ts';
import type { Tier } from '../../process/tier/tier.ts';

/** How the processes of a run's attempts are kept apart from the machine; one file for each kind. */
export interface Isolator {
  readonly kind: IsolationKind;
  /** With what, in one line for people. */
  readonly because: string;
  /** The program whose containers a dead Pindown may leave; null where nothing needs one. */
  readonly engine: string | null;
  /**
   * Proves that nothing holds this token any more: to be called before its directory is made.
   *
   * @throws SpawnFailure where something does, and can't be removed
   */
  clear(token: string): Promise<void>;
  /**
   * Starts the attempt's process.
   *
   * @throws SpawnFailure where it could not be; then nothing of it is there
   */
  start(attempt: IsolatedStart): Promise<Isolated>;
}

/** What the same process can be forked from, see `process/warm-parent.ts`. */
export interface WarmStart {
  /** What is loaded there, for people. */
  readonly name: string;
  /** Starts the parent, in the same directory. */
  readonly parent: readonly [string, ...string[]];
  /** What a fork has in place of the parent's own arguments. */
  readonly args: readonly string[];
}

export interface IsolatedStart {
  readonly spec: Omit<SpawnSpec, 'within'>;
  readonly tier: Tier;
  /** Names the attempt or the batch; never used twice. */
  readonly token: string;
  /** The attempt's own directory in the run's; exists. */
  readonly dir: string;
  /** Where its temporary files and its home are; null where it shares the user's. */
  readonly world: string | null;
  /** Where it may as well be forked. */
  readonly warm?: WarmStart;
}

/** An attempt's process and everything that comes of it. */
export interface Isolated {
  /** Of what was started here: it may only stand for the attempt's own first process. */
  readonly pid: number;
  /** Clock ticks since boot; null where it can't be read. */
  readonly startTime: number | null;
  /** Settles when the attempt's own first process has ended, with how it did. */
  readonly ended: Promise<Ending>;
  /**
   * Settles where nobody will know how it ends, with why: it is to be ended. Not there where that
   * can't be.
   */
  readonly orphaned?: Promise<string>;
  /**
   * Ends it: SIGTERM, and SIGKILL when the grace is over. Called again, it can only shorten the
   * grace.
   */
  end(graceMs: number): void;
  /** Cuts every grace short. */
  killNow(): void;
  /** Its processes that are there now. */
  members(): Promise<readonly Member[]>;
  /**
   * After its end: waits a little for what it started, then ends what is still there.
   *
   * @param graceMs what that has between SIGTERM and SIGKILL, unless it was hurried
   */
  settle(graceMs: number): Promise<Settled>;
}

/** What was left of an attempt's process. */
export interface Settled {
  readonly leaks: Leak[];
  /** What could not be given back to the machine, and why. */
  readonly fault: string | null;
  /** Where it came out that the attempt's own program was never run: why. */
  readonly refused?: SpawnFailure;
}
