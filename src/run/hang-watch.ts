import type { Diagnosis } from '../hang/diagnose.ts';
import { progressBetween, type ProgressSample } from '../hang/progress.ts';
import { isProof, isSameStandstill } from '../hang/standstill.ts';

/** What a watch found, twice: nothing in the tree can ever go on. */
export interface Standstill {
  /** How long nothing had moved, milliseconds. */
  readonly quietMs: number;
  /** The time between the two proofs, milliseconds. */
  readonly apartMs: number;
}

export interface HangWatchPorts {
  /** Whether anything moves is looked for after so long without, milliseconds. */
  readonly afterMs: number;
  sample(): Promise<ProgressSample>;
  /** Looks at the tree and keeps what it saw. */
  look(): Promise<Diagnosis | null>;
  /** Told once. */
  onProven(standstill: Standstill): void;
  /** A look of ours that failed says nothing about the unit. */
  onFault(error: unknown): void;
}

/** Two proofs of a standstill lie at least so far apart, milliseconds. */
const PROOFS_APART_MS = 1000;

const LEAST_BETWEEN_SAMPLES_MS = 200;
const MOST_BETWEEN_SAMPLES_MS = 5000;
const SAMPLES_A_WINDOW = 5;

/**
 * Watches a tree for a standstill. Only where nothing has moved for a while is it looked at, and
 * only two equal proofs count: everything else is the deadline's to end.
 */
export class HangWatch {
  readonly #ports: HangWatchPorts;
  #stopped = false;
  #wake: (() => void) | null = null;

  constructor(ports: HangWatchPorts) {
    this.#ports = ports;
    this.#watch().catch((error: unknown) => ports.onFault(error));
  }

  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  async #watch(): Promise<void> {
    const { afterMs } = this.#ports;
    const everyMs = Math.min(
      Math.max(afterMs / SAMPLES_A_WINDOW, LEAST_BETWEEN_SAMPLES_MS),
      MOST_BETWEEN_SAMPLES_MS,
    );
    // Not at once: most units are over before the first.
    if (!(await this.#pause(everyMs))) return;
    let last = await this.#ports.sample();
    let since = performance.now();
    while (await this.#pause(everyMs)) {
      const next = await this.#ports.sample();
      const now = performance.now();
      if (progressBetween(last, next, now - since).length > 0) {
        last = next;
        since = now;
      } else if (now - since >= afterMs) {
        if (await this.#isProven(since)) return;
        // Looked at for nothing: it is asked again only after as long a silence.
        last = await this.#ports.sample();
        since = performance.now();
      }
    }
  }

  async #isProven(since: number): Promise<boolean> {
    const first = await this.#ports.look();
    if (first === null || !isProof(first)) return false;
    const firstAt = performance.now();
    if (!(await this.#pause(PROOFS_APART_MS))) return false;
    const second = await this.#ports.look();
    if (this.#stopped || second === null || !isProof(second)) return false;
    if (!isSameStandstill(first, second)) return false;
    const now = performance.now();
    this.#ports.onProven({ quietMs: now - since, apartMs: now - firstAt });
    return true;
  }

  /** False where the watch was stopped meanwhile. */
  async #pause(ms: number): Promise<boolean> {
    if (this.#stopped) return false;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
    return !this.#stopped;
  }
}
