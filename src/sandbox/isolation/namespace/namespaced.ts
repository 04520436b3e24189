import type { Ending } from '../../../core/ending.ts';
import type { Member } from '../../../process/member.ts';
import type { SpawnFailure } from '../../../process/spawn-failure.ts';
import type { Supervised } from '../../../process/supervised.ts';
import type { Isolated, Settled } from '../isolator.ts';

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
  }

  leader(): number {
    return this.#outer.leader();
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
}
