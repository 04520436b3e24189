import type { Leak } from '../core/attempt.ts';
import type { Ending } from '../core/ending.ts';
import { OVER } from '../core/over.ts';
import { endHold } from './end-hold.ts';
import { Grace } from './grace.ts';
import type { Member } from './member.ts';
import { pause } from './pause.ts';
import { signalProcess } from './proc-stat.ts';
import { type Child, type SpawnSpec, spawnChild } from './spawn.ts';
import type { Hold, Tier } from './tier/tier.ts';

/**
 * How long what the process started may still be there after its own end before it counts as left
 * behind, milliseconds. nextest waits as long (`leak-timeout`).
 */
const LEAK_GRACE_MS = 200;
const LEAK_LOOK_EVERY_MS = 10;

/** What stayed behind has at least so long to answer SIGTERM, milliseconds. */
const LEAST_GRACE_MS = 500;

type Leader = (pid: number) => number;

/** Brings a process about that the hold holds from its first instruction of its own on. */
export type Start = (spec: Omit<SpawnSpec, 'within'>, hold: Hold) => Promise<Child>;

/** By fork and exec of this process. */
export const spawnIn: Start = (spec, hold) =>
  spawnChild({ ...spec, within: (start) => hold.within(start) });

const itself: Leader = (pid) => pid;

/**
 * One process and everything that comes of it, from before its start until none of it is there.
 */
export class Supervised {
  readonly pid: number;
  /** Clock ticks since boot; null where it can't be read. */
  readonly startTime: number | null;
  /** Settles when the kernel says that the process itself has ended. */
  readonly ended: Promise<Ending>;
  /** See {@link Child}. */
  readonly orphaned?: Promise<string>;
  readonly #hold: Hold;
  readonly #leader: Leader;
  readonly #grace: Grace;

  private constructor(child: Child, hold: Hold, leader: Leader) {
    this.pid = child.pid;
    this.startTime = child.startTime;
    this.ended = child.ended;
    if (child.orphaned !== undefined) this.orphaned = child.orphaned;
    this.#hold = hold;
    this.#leader = leader;
    const over = new AbortController();
    const end = (): void => over.abort(OVER);
    child.ended.then(end, end);
    this.#grace = new Grace(over.signal);
  }

  /**
   * @param leader whose process group is told to end, given the pid of what was started: another
   *   one where that only stands for it
   * @throws SpawnFailure where the kernel refused to start it; then nothing is held
   */
  static async start(
    spec: Omit<SpawnSpec, 'within'>,
    tier: Pick<Tier, 'hold'>,
    token: string,
    leader: Leader = itself,
  ): Promise<Supervised> {
    return await Supervised.startIn(tier.hold(token), spec, spawnIn, leader);
  }

  /** As {@link start}, in a hold that is there already, and brought about by whatever `start` is. */
  static async startIn(
    hold: Hold,
    spec: Omit<SpawnSpec, 'within'>,
    start: Start,
    leader: Leader = itself,
  ): Promise<Supervised> {
    try {
      const child = await start(spec, hold);
      hold.started({ pid: child.pid, outputs: [spec.stdoutFile, spec.stderrFile] });
      return new Supervised(child, hold, leader);
    } catch (error) {
      hold.release();
      throw error;
    }
  }

  /**
   * Ends it: SIGTERM to its process group, and SIGKILL when the grace is over. Called again, it can
   * only shorten the grace; what stays behind has what is then left of it.
   */
  end(graceMs: number): void {
    if (!this.#grace.limit(graceMs)) return;
    signalProcess(-this.leader(), 'SIGTERM');
    // A stopped process takes it only once it is continued.
    signalProcess(-this.leader(), 'SIGCONT');
    void this.#killWhenDue();
  }

  /** Who leads the process group and the session that what it runs is in. */
  leader(): number {
    return this.#leader(this.pid);
  }

  /** Its processes that are there now, itself included. */
  members(): Promise<readonly Member[]> {
    return this.#hold.members();
  }

  /** Cuts every grace short. */
  killNow(): void {
    this.#grace.cutShort();
  }

  async #killWhenDue(): Promise<void> {
    if (await this.#grace.isExceeded()) signalProcess(-this.leader(), 'SIGKILL');
  }

  /**
   * After its end: waits a little for what it started, then ends what is still there.
   *
   * @param graceMs what that has between SIGTERM and SIGKILL, unless it was hurried
   * @returns what stayed behind, and what could not be given back to the machine
   */
  async settle(
    graceMs: number,
  ): Promise<{ readonly leaks: Leak[]; readonly fault: string | null }> {
    const until = performance.now() + LEAK_GRACE_MS;
    let members = await this.#hold.members();
    while (members.length > 0 && performance.now() < until && !this.#grace.cut.aborted) {
      await pause(LEAK_LOOK_EVERY_MS, this.#grace.cut);
      members = await this.#hold.members();
    }
    const since = performance.now();
    const graceOver = (): number =>
      Math.max(
        since + Math.min(LEAST_GRACE_MS, graceMs),
        Math.min(this.#grace.until, since + graceMs),
      );
    const leaks = members.length === 0 ? [] : await endHold(this.#hold, graceOver, this.#grace.cut);
    return { leaks, fault: this.#hold.release() };
  }
}
