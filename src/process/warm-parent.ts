import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Leak } from '../core/attempt.ts';
import { type Ending, describeEnding } from '../core/ending.ts';
import { describeFault } from '../core/errors.ts';
import { endingOfStatus } from './native/wait-status.ts';
import { pause } from './pause.ts';
import { hasEnded, isAlive, readProcStat } from './proc-stat.ts';
import { type Child, type SpawnSpec, spawnWithChannel } from './spawn.ts';
import { Supervised } from './supervised.ts';
import type { Entry, Tier } from './tier/tier.ts';
import { type WarmAnswer, type WarmRequest, parseAnswer } from './warm-messages.ts';

/** So long it may import, and so long it may take to fork, milliseconds. */
const READY_MS = 60_000;
const FORK_MS = 30_000;

/** How often it is looked whether it has missed the end of a fork, milliseconds. */
const WATCH_EVERY_MS = 1_000;
const LOOK_EVERY_MS = 10;

/** Nothing came of a fork, and nothing of the suite was run. */
export class ForkRefused extends Error {
  override readonly name = 'ForkRefused';
}

/** It can't be forked from; `message` says why. */
export class WarmParentUnfit extends Error {
  override readonly name = 'WarmParentUnfit';
}

export interface WarmParentSpec {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** With a lineage of its own, as long as those of the attempts. */
  readonly env: Readonly<Record<string, string>>;
  /** For what it writes itself; made new. */
  readonly dir: string;
  /** Told where it has left something out. */
  onWithout(because: string): void;
}

/** What a fork runs as: of what was to be started, all but the program itself. */
type ForkSpec = Omit<SpawnSpec, 'argv' | 'within'> & { readonly args: readonly string[] };

interface Pending {
  readonly pid: PromiseWithResolvers<number>;
  readonly timer: NodeJS.Timeout;
}

interface Living {
  readonly startTime: number | null;
  readonly ended: PromiseWithResolvers<Ending>;
  readonly orphaned: PromiseWithResolvers<string>;
  /** It had ended at the last look, and nothing was said of it. */
  missed: boolean;
}

/**
 * A process that has done once what every unit's process would begin with, and then forks one for
 * each. A fork is held by its own attempt's hold before it runs anything of the suite, and its end
 * is what its parent's waitpid(2) says. Where the parent dies first nobody can know it: its forks
 * are orphaned.
 */
export class WarmParent {
  readonly pid: number;
  readonly #supervised: Supervised;
  readonly #channel: Duplex;
  readonly #spec: WarmParentSpec;
  readonly #ready = Promise.withResolvers<void>();
  readonly #pending = new Map<number, Pending>();
  readonly #living = new Map<number, Living>();
  #watch: NodeJS.Timeout | null = null;
  #rest = '';
  #count = 0;
  #closing = false;
  #lost: string | null = null;

  private constructor(supervised: Supervised, channel: Duplex, spec: WarmParentSpec) {
    this.pid = supervised.pid;
    this.#supervised = supervised;
    this.#channel = channel;
    this.#spec = spec;
    channel.setEncoding('utf8');
    channel.on('data', (text: string) => this.#read(text));
    // What can't be written any more shows in the end of the channel.
    channel.on('error', () => undefined);
    channel.on('end', () => channel.destroy());
    channel.once('close', () => void this.#closed());
    // Who waits for it has the rejection; where nobody waits any more, nobody needs it.
    this.#ready.promise.catch(() => undefined);
  }

  /**
   * Starts it and waits until everything is imported.
   *
   * @param token names it as it would an attempt
   * @throws WarmParentUnfit where it says that it can't be forked from, or dies before
   * @throws SpawnFailure where the kernel refused to start it
   */
  static async start(spec: WarmParentSpec, tier: Tier, token: string): Promise<WarmParent> {
    mkdirSync(spec.dir, { recursive: true });
    const opened = Promise.withResolvers<Duplex>();
    const supervised = await Supervised.startIn(
      tier.hold(token, 'forks-for-others'),
      {
        argv: spec.argv,
        cwd: spec.cwd,
        env: spec.env,
        stdoutFile: join(spec.dir, 'stdout.log'),
        stderrFile: join(spec.dir, 'stderr.log'),
      },
      async (started, hold) => {
        const both = await spawnWithChannel({ ...started, within: (start) => hold.within(start) });
        opened.resolve(both.channel);
        return both.child;
      },
    );
    const parent = new WarmParent(supervised, await opened.promise, spec);
    const timer = setTimeout(() => {
      parent.#ready.reject(new WarmParentUnfit(`not ready within ${READY_MS / 1000} s`));
    }, READY_MS);
    try {
      await parent.#ready.promise;
      return parent;
    } catch (error) {
      await parent.close(0);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Why nothing more can be forked; null as long as it lives. */
  get lost(): string | null {
    return this.#lost;
  }

  /**
   * Forks a process that is what `spawnChild` would have started.
   *
   * @throws ForkRefused
   */
  async fork({ args, cwd, env, stdoutFile, stderrFile }: ForkSpec, entry: Entry): Promise<Child> {
    const made: string[] = [];
    try {
      for (const file of [stdoutFile, stderrFile]) {
        closeSync(openSync(file, 'ax'));
        made.push(file);
      }
      const output = { stdout: stdoutFile, stderr: stderrFile };
      const pid = await this.#forked({ args, cwd, env, ...output, entry });
      const living: Living = {
        startTime: readProcStat(pid)?.startTime ?? null,
        ended: Promise.withResolvers(),
        orphaned: Promise.withResolvers(),
        missed: false,
      };
      this.#living.set(pid, living);
      this.#watch ??= setInterval(() => this.#lookForMissed(), WATCH_EVERY_MS).unref();
      this.#send({ go: pid });
      const { startTime, ended, orphaned } = living;
      return { pid, startTime, ended: ended.promise, orphaned: orphaned.promise };
    } catch (error) {
      for (const file of made) rmSync(file, { force: true });
      if (error instanceof ForkRefused) throw error;
      throw new ForkRefused(describeFault(error), { cause: error });
    }
  }

  /**
   * Ends it; all that it forked is over by now.
   *
   * @returns what it left behind, and what could not be given back to the machine
   */
  async close(graceMs: number): Promise<{ readonly leaks: Leak[]; readonly fault: string | null }> {
    this.#closing = true;
    this.#channel.destroy();
    this.#supervised.end(graceMs);
    await this.#supervised.ended;
    return await this.#supervised.settle(graceMs);
  }

  async #forked(request: Omit<Extract<WarmRequest, { fork: number }>, 'fork'>): Promise<number> {
    if (this.#lost !== null) throw new ForkRefused(this.#lost);
    this.#count += 1;
    const number = this.#count;
    const pid = Promise.withResolvers<number>();
    const timer = setTimeout(() => this.#supervised.end(0), FORK_MS);
    this.#pending.set(number, { pid, timer });
    this.#send({ fork: number, ...request });
    try {
      return await pid.promise;
    } finally {
      clearTimeout(timer);
      this.#pending.delete(number);
    }
  }

  #send(request: WarmRequest): void {
    this.#channel.write(`${JSON.stringify(request)}\n`);
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    try {
      for (const line of lines) this.#take(parseAnswer(line));
    } catch (error) {
      this.#channel.destroy(new Error('no answer of a warm parent', { cause: error }));
    }
  }

  #take(answer: WarmAnswer): void {
    if ('ready' in answer) this.#ready.resolve();
    else if ('unfit' in answer) this.#ready.reject(new WarmParentUnfit(answer.unfit));
    else if ('without' in answer) {
      this.#spec.onWithout(`not ${answer.without.join(', ')}: ${answer.because}`);
    } else if ('forked' in answer) this.#pending.get(answer.forked)?.pid.resolve(answer.pid);
    else if ('refused' in answer) {
      this.#pending.get(answer.refused)?.pid.reject(new ForkRefused(answer.because));
    } else {
      this.#living.get(answer.ended)?.ended.resolve(endingOfStatus(answer.status));
      this.#forget(answer.ended);
    }
  }

  #forget(pid: number): void {
    this.#living.delete(pid);
    if (this.#living.size > 0 || this.#watch === null) return;
    clearInterval(this.#watch);
    this.#watch = null;
  }

  /** Where it does not answer to a fork's end it is stopped or worse: ended, it is known to be lost. */
  #lookForMissed(): void {
    for (const [pid, living] of this.#living) {
      const stat = readProcStat(pid);
      const over = stat === null || hasEnded(stat) || stat.startTime !== living.startTime;
      if (over && living.missed) this.#supervised.end(0);
      living.missed = over;
    }
  }

  async #closed(): Promise<void> {
    if (!this.#closing) this.#supervised.end(0);
    const ending = await this.#supervised.ended;
    const because = `the process that forked it (pid ${this.pid}) ended with ${describeEnding(ending)}`;
    this.#lost = because;
    this.#ready.reject(new WarmParentUnfit(because));
    for (const { pid } of this.#pending.values()) pid.reject(new ForkRefused(because));
    for (const [pid, living] of this.#living) void this.#orphan(pid, living, because);
  }

  async #orphan(pid: number, living: Living, because: string): Promise<void> {
    living.orphaned.resolve(because);
    while (isAlive(pid, living.startTime)) await pause(LOOK_EVERY_MS);
    // That is how it is ended; how it would have ended nobody knows.
    living.ended.resolve({ exitCode: null, signal: 'SIGKILL' });
    this.#forget(pid);
  }
}
