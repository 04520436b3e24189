/** Something was not done by its deadline. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  /** Stable. */
  readonly code = 'deadline-passed';
  /** What was waited for, in the caller's words. */
  readonly what: string;
  /** Milliseconds that it was given; where a signal was its deadline, how long it took until then. */
  readonly afterMs: number;

  /** @param cause the last fault that was waited out, or the reason of the signal */
  constructor(what: string, afterMs: number, cause?: unknown) {
    const message = `${what}: not done within ${Math.round(afterMs)} ms`;
    super(message, cause === undefined ? undefined : { cause });
    this.what = what;
    this.afterMs = afterMs;
  }
}
