import { describeFault } from '../core/errors.ts';
import type { AttemptOutcome } from '../core/outcome.ts';
import type { Verdict } from '../core/verdict.ts';
import { sampleProgress } from '../hang/progress.ts';
import type { EndedByUs } from '../outcome/judge.ts';
import { signalMember } from '../process/kill-members.ts';
import { pause } from '../process/pause.ts';
import type { Isolated } from '../sandbox/isolation/isolator.ts';
import type { OnHang } from './hang-after.ts';
import { HangLooks, type LookReason } from './hang-looks.ts';
import { HangWatch, type Standstill } from './hang-watch.ts';

export interface HangCarePorts {
  /** Milliseconds. */
  readonly afterMs: number;
  readonly onHang: OnHang;
  /** The attempt's directory. */
  readonly dir: string;
  /** The command that runs it again. */
  readonly reproduce: string;
  /** Files whose growth is progress. */
  readonly written: readonly string[];
  /** Milliseconds since the epoch. */
  wall(): number;
  /** Nothing in it can go on: proven twice. */
  onStandstill(found: Standstill): void;
  notice(code: string, message: string): void;
}

/** What a look may take before a process is ended all the same, milliseconds. */
const LOOK_AT_MOST_MS = 5000;

/** On an interrupt everything has to be over within 7 s. */
const HURRIED_LOOK_AT_MOST_MS = 1500;

/** Watches one job's process for hanging, and sees to it that it is looked at before it is ended. */
export class HangCare {
  readonly #child: Isolated;
  readonly #ports: HangCarePorts;
  readonly #looks: HangLooks;
  readonly #watch: HangWatch;
  /** Aborts every look: from now on the tree is not what it was. */
  readonly #signalled = new AbortController();
  /** Nothing is waited for any more. */
  #hurried = false;
  #ending: Promise<void> = Promise.resolve();

  constructor(child: Isolated, ports: HangCarePorts) {
    this.#child = child;
    this.#ports = ports;
    this.#looks = new HangLooks({ ...ports, members: () => child.members() });
    this.#watch = new HangWatch({
      afterMs: ports.afterMs,
      sample: async () => {
        const members = await child.members();
        return sampleProgress(
          members.map(({ pid }) => pid),
          ports.written,
        );
      },
      look: () => this.#looks.look('standstill', this.#signalled.signal),
      onProven: (found) => this.#proven(found),
      onFault: (error) => ports.notice('not-looked-at', describeFault(error)),
    });
  }

  /** Looks at it, then ends it with this grace, or leaves it to a person who asked for that. */
  async end(cause: EndedByUs, graceMs: number): Promise<void> {
    this.#watch.stop();
    this.#ending = this.#end(cause, graceMs);
    await this.#ending;
  }

  /** Cuts a look short. */
  hurry(): void {
    this.#hurried = true;
    this.#signalled.abort();
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

  async #end(cause: EndedByUs, graceMs: number): Promise<void> {
    const since = performance.now();
    const reason = reasonToLook(cause);
    if (reason !== null) await this.#lookWithin(reason);
    const isHang = cause.kind === 'standstill' || isSilent(cause);
    const isHeld = isHang && this.#ports.onHang === 'hold' && !this.#hurried;
    this.#signalled.abort();
    if (isHeld && (await this.#hold())) return;
    // A unit over its limit has its whole grace; an interrupt's is counted from the interrupt.
    const spent = cause.kind === 'cancelled' ? performance.now() - since : 0;
    this.#child.end(Math.max(0, graceMs - spent));
  }

  async #lookWithin(reason: LookReason): Promise<void> {
    const atMost = reason === 'cancelled' ? HURRIED_LOOK_AT_MOST_MS : LOOK_AT_MOST_MS;
    const limit = pause(atMost, this.#signalled.signal).then(() => this.#signalled.abort());
    const look = this.#looks.look(reason, this.#signalled.signal).then(
      () => undefined,
      (error: unknown) => this.#ports.notice('not-looked-at', describeFault(error)),
    );
    await Promise.race([look, limit]);
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

  /** Stops all of it. False where there is nobody to stop. */
  async #hold(): Promise<boolean> {
    const members = await this.#child.members();
    const held = members.filter((member) => signalMember(member, 'SIGSTOP') === 'sent');
    const pids = held.map(({ pid }) => pid).join(' ');
    if (held.length === 0) return false;
    this.#ports.notice(
      'hang-held',
      `it hangs and is held stopped. Look: pindown hang ${held[0]?.pid}, gdb -p ${held[0]?.pid}. End it: kill -KILL ${pids}. Let it go on: kill -CONT ${pids}`,
    );
    return true;
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
