import type { Pace } from './pace.ts';

/** A fault that goes away by itself, and how long to wait for that. */
export interface TransientRule {
  /** kebab-case; what reports call it. */
  readonly name: string;
  /** Whether it is this fault. What it says no to goes through unchanged and at once. */
  readonly when: (error: unknown) => boolean;
  /** Calls in all, the first one among them; 1 or more. */
  readonly attempts: number;
  /**
   * Milliseconds from the start after which no wait begins; the last one is cut short to end with
   * them. The first call is made whatever it says, even where it is 0 or less, and a call that
   * runs is never cut short: for that there is `withDeadline`.
   */
  readonly deadlineMs: number;
  readonly pace: Pace;
}

/** A fault that is about to be waited out. */
export interface TransientFault {
  /** `null` where the caller gave a condition, not a rule. */
  readonly rule: string | null;
  /** The number of the call that failed, from 1. */
  readonly attempt: number;
  readonly error: unknown;
  /** Milliseconds until the next call. */
  readonly waitMs: number;
}
