import { OVER } from '../core/over.ts';
import { pause } from './pause.ts';

/** The time that a process has to end by itself. It begins with the first limit, and only shrinks. */
export class Grace {
  #until: number = Infinity;
  readonly #over: AbortSignal;
  readonly #cut = new AbortController();
  #moved = new AbortController();

  /** @param over aborts when the process has ended */
  constructor(over: AbortSignal) {
    this.#over = over;
  }

  /** When it is over, by `performance.now()`; Infinity as long as there is no limit. */
  get until(): number {
    return this.#until;
  }

  /** Aborts when there is no grace any more, whatever was said before. */
  get cut(): AbortSignal {
    return this.#cut.signal;
  }

  /** @returns whether the process is to be told: it runs, and this is the first limit */
  limit(ms: number): boolean {
    const isFirst = this.#until === Infinity;
    this.#until = Math.min(this.#until, performance.now() + ms);
    this.#moved.abort(OVER);
    return isFirst && !this.#over.aborted;
  }

  cutShort(): void {
    this.#cut.abort(OVER);
  }

  /** @returns whether it is over and the process is not */
  async isExceeded(): Promise<boolean> {
    while (!this.#over.aborted && !this.#cut.signal.aborted) {
      const left = this.#until - performance.now();
      if (left <= 0) break;
      this.#moved = new AbortController();
      await pause(left, AbortSignal.any([this.#over, this.#cut.signal, this.#moved.signal]));
    }
    return !this.#over.aborted;
  }
}
