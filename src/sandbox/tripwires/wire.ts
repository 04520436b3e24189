import type { Trip } from '../../core/trip.ts';
import type { Member } from '../../process/member.ts';

/** Something that a wire noticed and that is to be looked at again. */
export interface Change {
  readonly kind: Trip['kind'];
  readonly what: string;
  /** The files, absolute and real, that a process has open for writing while it does it. */
  readonly files: readonly string[];
  /**
   * When it was, by the monotonic clock, or null where nobody can tell; where it is left out,
   * it is now.
   */
  readonly at?: number | null;
  /** The process behind it, where the wire knows it. */
  readonly by?: Member;
}

/** What a change came to. */
export interface Verified {
  readonly change: Trip['change'];
  readonly detail?: string;
  /** Nothing is left of it. */
  readonly undone: boolean;
}

/** When a wire is asked: at an attempt's end, while others may go on, or at the run's. */
export type Look = 'attempt' | 'run';

/** One kind of tripwire; one file each. */
export interface Wire {
  /** Begins to notice, at once. */
  arm(onChange: (change: Change) => void): void;
  /** What may have changed without an event. */
  look(at: Look): readonly Change[];
  /** What a change that this wire noticed came to; `later` where that is not told at this look. */
  verify(changes: readonly Change[], at: Look): ReadonlyMap<Change, Verified | 'later'>;
  /** Whether a process is one that makes such a change, by its command and its working directory. */
  isKnownFor(change: Change, command: string, workingDirectory: string | null): boolean;
  /** What it can't notice here, and why; one line each. */
  readonly faults: readonly string[];
  disarm(): void;
}
