import type { Trip } from '../../core/trip.ts';

/** Something that a wire noticed and that is to be looked at again. */
export interface Change {
  readonly kind: Trip['kind'];
  readonly what: string;
  /** The file, absolute, that a process may have open for it. */
  readonly file: string | null;
}

/** What a change came to. */
export interface Verified {
  readonly change: Trip['change'];
  /** Nothing is left of it. */
  readonly undone: boolean;
}

/** One kind of tripwire; one file each. */
export interface Wire {
  /** Begins to notice, at once. */
  arm(onChange: (change: Change) => void): void;
  /** What may have changed without an event. */
  look(): readonly Change[];
  /** What the changes that this wire noticed came to; what came to nothing is left out. */
  verify(changes: readonly Change[]): ReadonlyMap<Change, Verified>;
  /** Whether a process is one that does such things, by its command and its working directory. */
  isKnownFor(command: string, workingDirectory: string | null): boolean;
  disarm(): void;
}
