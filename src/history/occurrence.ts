import type { RunRef } from './history.ts';

/**
 * What a failure was in its run: `failure` decided its unit, `flake` was followed by a success
 * without any change, `excused` was run again by a rule.
 */
export const OCCURRENCE_KINDS = ['failure', 'flake', 'excused'] as const;

export type OccurrenceKind = (typeof OCCURRENCE_KINDS)[number];

/** One failure with the signature of its fault. */
export interface Occurrence {
  readonly signature: string;
  /** What the signature was made from. */
  readonly text: string;
  readonly kind: OccurrenceKind;
  /** The unit's path. */
  readonly path: string;
  readonly attemptId: string;
  /** Null for the unit itself. */
  readonly test: { readonly name: string; readonly occurrence: number } | null;
  /** The name of the ledger's entry whose quarantine tolerated it. */
  readonly gotcha: string | null;
}

/** Where a fault shows itself. */
export interface Site {
  readonly path: string;
  /** Null for the unit itself. */
  readonly test: string | null;
  readonly times: number;
  readonly lastAttempt: string;
}

/** Everything that was seen of one fault. */
export interface Case {
  readonly signature: string;
  readonly text: string;
  readonly first: RunRef;
  readonly last: RunRef;
  readonly times: number;
  /** In how many runs it was met, and in how many of them as a flake or excused by a rule. */
  readonly runs: number;
  readonly flakyRuns: number;
  /** How many runs came to their end, or began, after the last in which it was met. */
  readonly runsSince: number;
  /** The most often met first. */
  readonly sites: readonly Site[];
}
