/** What the program tells its watchdog. */
export type ToWatchdog =
  | {
      readonly kind: 'arm';
      readonly id: number;
      /** By {@link instant}. */
      readonly at: number;
      readonly afterMs: number;
      /** Absolute. */
      readonly path: string;
      /** Not 0 once it is disarmed. */
      readonly disarmed: Int32Array;
    }
  | { readonly kind: 'disarm'; readonly id: number };

/** What the watchdog tells the program. */
export type FromWatchdog =
  | { readonly kind: 'not-written'; readonly path: string; readonly because: string }
  /** Nothing: that it comes is what counts. */
  | { readonly kind: 'wake' };

export const WATCHDOG_NAME = 'pindown-watchdog';

/** Milliseconds of a clock that all threads of the process share and that never steps. */
export function instant(): number {
  return performance.timeOrigin + performance.now();
}
