import type { Clock } from '../../../src/core/clock.ts';
import type { Ticker } from '../../../src/report/terminal/ticker.ts';

/** A clock and its timers, moved by hand. */
export class ManualTime implements Clock, Ticker {
  readonly #timers = new Map<string, { every: number; next: number; tick: () => void }>();
  #now = 0;

  wall(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  every(name: string, milliseconds: number, tick: () => void): () => void {
    this.#timers.set(name, { every: milliseconds, next: this.#now + milliseconds, tick });
    return () => this.#timers.delete(name);
  }

  /** The names of the timers that run. */
  get timers(): string[] {
    return [...this.#timers.keys()];
  }

  pass(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const due = [...this.#timers.values()].sort((a, b) => a.next - b.next)[0];
      if (due === undefined || due.next > end) break;
      this.#now = due.next;
      due.next += due.every;
      due.tick();
    }
    this.#now = end;
  }
}
