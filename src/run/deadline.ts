import { describeFault } from '../core/errors.ts';
import { type ProgressSample, progressBetween } from '../hang/progress.ts';

/** The longest stretch at the end of a limit over which progress is looked for, milliseconds. */
const LONGEST_WINDOW_MS = 10_000;

export interface DeadlineOver {
  readonly limitMs: number;
  readonly windowMs: number;
  /** What moved in the window, in words; empty where nothing did. */
  readonly progress: readonly string[];
}

type Sampled = ProgressSample | { readonly because: string };

/**
 * A time limit that knows, when it is over, whether there was still progress: it takes one sample
 * a window before the end (half of the limit, at most ten seconds) and one at the end.
 */
export class Deadline {
  readonly #sample: () => Promise<ProgressSample>;
  readonly #over: (how: DeadlineOver) => void;
  readonly #limitMs: number;
  readonly #windowMs: number;
  #timer: NodeJS.Timeout;
  #cleared = false;

  constructor(
    limitMs: number,
    sample: () => Promise<ProgressSample>,
    over: (how: DeadlineOver) => void,
  ) {
    this.#limitMs = limitMs;
    this.#windowMs = Math.min(limitMs / 2, LONGEST_WINDOW_MS);
    this.#sample = sample;
    this.#over = over;
    this.#timer = setTimeout(() => void this.#look(), limitMs - this.#windowMs);
  }

  async #look(): Promise<void> {
    const before = this.#sampled();
    await new Promise<void>((resolve) => {
      this.#timer = setTimeout(resolve, this.#windowMs);
    });
    const progress = await this.#progressSince(await before);
    if (this.#cleared) return;
    this.#over({ limitMs: this.#limitMs, windowMs: this.#windowMs, progress });
  }

  async #progressSince(before: Sampled): Promise<readonly string[]> {
    const after = await this.#sampled();
    // What could not be looked at may well have moved; over its limit it is all the same.
    if ('because' in before) return [`nobody knows: ${before.because}`];
    if ('because' in after) return [`nobody knows: ${after.because}`];
    return progressBetween(before, after, this.#windowMs);
  }

  async #sampled(): Promise<Sampled> {
    try {
      return await this.#sample();
    } catch (error) {
      return { because: describeFault(error) };
    }
  }

  clear(): void {
    this.#cleared = true;
    clearTimeout(this.#timer);
  }
}
