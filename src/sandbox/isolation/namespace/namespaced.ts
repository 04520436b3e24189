import type { Ending } from '../../../core/ending.ts';
import type { Member } from '../../../process/member.ts';
import type { SpawnFailure } from '../../../process/spawn-failure.ts';
import { readProcStat, signalProcess } from '../../../process/proc-stat.ts';
import type { Supervised } from '../../../process/supervised.ts';
import type { Isolated, Settled } from '../isolator.ts';

/** How often it is looked whether what stands for the program has been left stopped, milliseconds. */
const LOOK_EVERY_MS = 200;

/** What entered the namespaces, standing for the attempt's own process: it ends as that did. */
export class Namespaced implements Isolated {
  readonly pid: number;
  readonly startTime: number | null;
  readonly ended: Promise<Ending>;
  readonly #outer: Supervised;
  readonly #refusedBy: (ending: Ending) => SpawnFailure | null;

  /** @param refusedBy why the program was never run, once what entered has ended; null if it was */
  constructor(outer: Supervised, refusedBy: (ending: Ending) => SpawnFailure | null) {
    this.pid = outer.pid;
    this.startTime = outer.startTime;
    this.ended = outer.ended;
    this.#outer = outer;
    this.#refusedBy = refusedBy;
    const timer = setInterval(() => this.#wake(), LOOK_EVERY_MS).unref();
    void this.ended.then(() => clearInterval(timer));
  }

  end(graceMs: number): void {
    this.#outer.end(graceMs);
  }

  killNow(): void {
    this.#outer.killNow();
  }

  members(): Promise<readonly Member[]> {
    return this.#outer.members();
  }

  async settle(graceMs: number): Promise<Settled> {
    const refused = this.#refusedBy(await this.ended);
    const settled = await this.#outer.settle(graceMs);
    return refused === null ? settled : { ...settled, refused };
  }

  /**
   * nsenter(1) stops itself when the program stops, and nobody but us knows that it must go on when
   * the program does, or has ended.
   */
  #wake(): void {
    if (readProcStat(this.pid)?.state !== 'T') return;
    const program = this.#outer.leader();
    if (program !== this.pid && readProcStat(program)?.state === 'T') return;
    signalProcess(this.pid, 'SIGCONT');
  }
}
