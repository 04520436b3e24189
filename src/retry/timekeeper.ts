import { systemClock } from '../core/clock.ts';

/** Where the time of a retry comes from, so that tests can step it. */
export interface Timekeeper {
  /** Milliseconds since an arbitrary origin; never steps back. */
  now(): number;
  /** Rejects with the signal's reason, and at once, where that is or gets aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  /** Holds up the whole thread. */
  waitSync(ms: number): void;
}

export const systemTimekeeper: Timekeeper = {
  now: () => systemClock.monotonic(),
  wait,
  waitSync: (ms) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  },
};

/** `setTimeout` of `node:timers/promises` rejects with an error of its own, not with the reason. */
function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
