import { type ProgressSample, progressBetween } from '../hang/progress.ts';

/** The longest stretch at the end of a limit over which progress is looked for, milliseconds. */
const LONGEST_WINDOW_MS = 10_000;

export interface DeadlineOver {
  readonly limitMs: number;
  readonly windowMs: number;
  /** What moved in the window, in words; empty where nothing did. */
  readonly progress: readonly string[];
}

/**
 * A time limit that knows, when it is over, whether there was still progress: it takes one sample
 * a window before the end (half of the limit, at most ten seconds) and one at the end.
 */
export class Deadline {
  readonly #sample: () => ProgressSample;
  readonly #over: (how: DeadlineOver) => void;
  readonly #limitMs: number;
  readonly #windowMs: number;
  #timer: NodeJS.Timeout;

  constructor(limitMs: number, sample: () => ProgressSample, over: (how: DeadlineOver) => void) {
    this.#limitMs = limitMs;
    this.#windowMs = Math.min(limitMs / 2, LONGEST_WINDOW_MS);
    this.#sample = sample;
    this.#over = over;
    this.#timer = setTimeout(() => this.#look(), limitMs - this.#windowMs);
  }

  #look(): void {
    const before = this.#sample();
    this.#timer = setTimeout(() => {
      const progress = progressBetween(before, this.#sample(), this.#windowMs);
      this.#over({ limitMs: this.#limitMs, windowMs: this.#windowMs, progress });
    }, this.#windowMs);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
