/** npm hands a terminal's Ctrl-C on a second time; within so many ms it is the same one. */
const SAME_MS = 250;

export type Interrupt = 'SIGINT' | 'SIGTERM';

/** How often the user has interrupted a run. */
export class InterruptCount {
  #first: Interrupt | null = null;
  #times = 0;
  #lastAt = -Infinity;

  /** By which the run was interrupted first; null where it was not. */
  get first(): Interrupt | null {
    return this.#first;
  }

  /**
   * @param now milliseconds by the monotonic clock
   * @returns how many there have been with it; null where it is one that was counted already
   */
  take(signal: Interrupt, now: number): number | null {
    if (now - this.#lastAt < SAME_MS) return null;
    this.#lastAt = now;
    this.#first ??= signal;
    this.#times += 1;
    return this.#times;
  }
}
