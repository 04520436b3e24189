import { describeFault } from '../core/errors.ts';
import type { AttemptOutcome } from '../core/outcome.ts';
import { OVER } from '../core/over.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Told } from '../hang/observe/observation.ts';
import { sampleProgress } from '../hang/progress.ts';
import type { Disturbance } from '../hang/probes/probe.ts';
import type { EndedByUs } from '../outcome/judge.ts';
import { pause } from '../process/pause.ts';
import type { Member } from '../process/member.ts';
import type { Isolated } from '../sandbox/isolation/isolator.ts';
import type { OnHang } from './hang-after.ts';
import { heldNotice, stopAll, untilLetGo, untilStopped } from './hang-hold.ts';
import { HangLooks, type LookReason } from './hang-looks.ts';
import { HangWatch, type Standstill } from './hang-watch.ts';

export interface HangCarePorts {
  /** Milliseconds. */
  readonly afterMs: number;
  readonly onHang: OnHang;
  /** What it has once a person has let it go on, milliseconds. */
  readonly limitMs: number;
  /** The attempt's directory. */
  readonly dir: string;
  /** The command that runs it again. */
  readonly reproduce: string;
  /** Files whose growth is progress. */
  readonly written: readonly string[];
  /** Milliseconds since the epoch. */
  wall(): number;
  /** What is known of it beside what shows from outside. */
  told?(): Told;
  /** Nothing in it can go on: proven twice. */
  onStandstill(found: Standstill): void;
  notice(code: string, message: string): void;
}

/** What is watched: an attempt's process, or any other that is held as one. */
type Watched = Pick<Isolated, 'members' | 'end'>;

/** Finds what is to be looked at, the first process first. */
export type Part = () => Promise<readonly Member[]>;

/** What a look may take before a process is ended all the same, milliseconds. */
export const LOOK_AT_MOST_MS = 10_000;

/** On an interrupt everything has to be over within 7 s. */
const HURRIED_LOOK_AT_MOST_MS = 2000;

/** What one that is to be ended anyway may suffer from being asked, the last thing last. */
const BEFORE_ITS_END: readonly (readonly Disturbance[])[] = [
  ['starts-inspector'],
  ['stops', 'may-interrupt-calls'],
  ['kills'],
];

/** Watches one job's process for hanging, and sees to it that it is looked at before it is ended. */
export class HangCare {
  readonly #child: Watched;
  readonly #ports: HangCarePorts;
  readonly #looks: HangLooks;
  readonly #watch: HangWatch;
  /** Aborts every look: from now on the tree is not what it was. */
  readonly #signalled = new AbortController();
  /** Nothing is waited for any more, nor kept for a person. */
  readonly #hurried = new AbortController();
  #ending: Promise<void> = Promise.resolve();

  constructor(child: Watched, ports: HangCarePorts) {
    this.#child = child;
    this.#ports = ports;
    this.#looks = new HangLooks(ports);
    this.#watch = new HangWatch({
      afterMs: ports.afterMs,
      sample: async () => {
        const members = await child.members();
        return sampleProgress(
          members.map(({ pid }) => pid),
          ports.written,
        );
      },
      look: () => this.#look('standstill', null),
      onProven: (found) => this.#proven(found),
      onFault: (error) => this.#unlooked(error),
    });
  }

  /**
   * Looks at it, then ends it with this grace, or leaves it to a person who asked for that.
   *
   * @param part finds the part of it that hangs, where only that is to be looked at
   */
  async end(cause: EndedByUs, graceMs: number, part: Part | null = null): Promise<void> {
    this.#watch.stop();
    this.#ending = this.#end(cause, graceMs, part);
    await this.#ending;
  }

  /** Cuts a look short. */
  hurry(): void {
    this.#hurried.abort(OVER);
    this.#signalled.abort(OVER);
  }

  /** Its process has ended; resolves when nobody looks any more. */
  async over(): Promise<void> {
    this.#watch.stop();
    this.hurry();
    await this.#ending;
  }

  /** See {@link HangLooks.verdict}. */
  verdict(outcome: AttemptOutcome): Verdict | null {
    return this.#looks.verdict(outcome);
  }

  /** Whether it was looked at as its time was over, and proven to hang. */
  isProvenAtLimit(): boolean {
    return this.#looks.provenAt('time-limit');
  }

  async #end(cause: EndedByUs, graceMs: number, part: Part | null): Promise<void> {
    const since = performance.now();
    const isHang = cause.kind === 'standstill' || isSilent(cause);
    const isHeld = isHang && this.#ports.onHang === 'hold' && !this.#hurried.signal.aborted;
    await this.#lookWithin(cause, part, isHeld);
    this.#signalled.abort(OVER);
    if (isHeld && (await this.#hold())) return;
    // A unit over its limit has its whole grace; an interrupt's is counted from the interrupt.
    const spent = cause.kind === 'cancelled' ? performance.now() - since : 0;
    this.#child.end(Math.max(0, graceMs - spent));
  }

  async #lookWithin(cause: EndedByUs, part: Part | null, isHeld: boolean): Promise<void> {
    if (cause.kind === 'orphaned') return;
    const atMost = cause.kind === 'cancelled' ? HURRIED_LOOK_AT_MOST_MS : LOOK_AT_MOST_MS;
    const limit = pause(atMost, this.#signalled.signal).then(() => this.#signalled.abort(OVER));
    const look = this.#lookAndAsk(cause, part, isHeld).catch((error: unknown) =>
      this.#unlooked(error),
    );
    await Promise.race([look, limit]);
  }

  /** First what disturbs nothing, and kept; then what may be done only to one that is to end. */
  async #lookAndAsk(cause: EndedByUs, part: Part | null, isHeld: boolean): Promise<void> {
    const reason = reasonToLook(cause);
    if (reason !== null) await this.#look(reason, part);
    // For a debugger it stays as it is; one that was only interrupted may still end well.
    if (isHeld) return;
    const allowed = cause.kind === 'cancelled' ? BEFORE_ITS_END.slice(0, 1) : BEFORE_ITS_END;
    for (const some of allowed) await this.#looks.ask(some, this.#signalled.signal);
  }

  async #look(reason: LookReason, part: Part | null): ReturnType<HangLooks['look']> {
    const members: Part = part ?? (async () => rootFirst(await this.#child.members()));
    return await this.#looks.look(reason, members, this.#signalled.signal);
  }

  #proven(found: Standstill): void {
    switch (this.#ports.onHang) {
      case 'kill':
      case 'hold':
        this.#ports.onStandstill(found);
        return;
      case 'report':
        this.#ports.notice('hang-left', 'it hangs, proven, and is left until its time-out');
    }
  }

  /** Stops all of it until a person has let it go on. False where it is to be ended at once. */
  async #hold(): Promise<boolean> {
    const held = stopAll(rootFirst(await this.#child.members()));
    if (held.length === 0) return false;
    await untilStopped(held, this.#hurried.signal);
    this.#ports.notice('hang-held', heldNotice(held));
    if (!(await untilLetGo(held, this.#hurried.signal))) return true;
    const { limitMs } = this.#ports;
    this.#ports.notice('hang-let-go', `it was let go on, and has ${limitMs / 1000} s to end`);
    await pause(limitMs, this.#hurried.signal);
    return this.#hurried.signal.aborted;
  }

  #unlooked(error: unknown): void {
    this.#ports.notice('not-looked-at', describeFault(error));
  }
}

function reasonToLook(cause: EndedByUs): LookReason | null {
  switch (cause.kind) {
    case 'time-limit':
    case 'cancelled':
      return cause.kind;
    // It was looked at twice to know of it.
    case 'standstill':
    case 'orphaned':
      return null;
  }
}

function isSilent(cause: EndedByUs): boolean {
  return cause.kind === 'time-limit' && cause.progress.length === 0;
}

/** Whoever's parent is not among them comes first. */
export function rootFirst(members: readonly Member[]): readonly Member[] {
  const pids = new Set(members.map(({ pid }) => pid));
  const isRoot = ({ parent }: Member): boolean => parent === null || !pids.has(parent);
  return [...members.filter(isRoot), ...members.filter((member) => !isRoot(member))];
}
