/** Where a failure was, without line numbers: each edit moves them. */
export interface Frame {
  readonly file: string;
  /** Null where it has no name, as a callback in a test file. */
  readonly name: string | null;
}

/** What a failure's message says, read in the way of the language or framework that wrote it. */
export interface Told {
  /** The error itself: its type and its words. */
  readonly head: readonly string[];
  /** The innermost first; those of libraries among them. */
  readonly frames: readonly Frame[];
  /** The line of source that failed, where it is shown. */
  readonly source: string | null;
}

/** @returns null where the message is not in this one's form */
export type Dialect = (lines: readonly string[]) => Told | null;
