/** Which faults of the operating system are meant: the errno and the call that failed with it. */
export interface SystemFaultShape {
  /** Names such as `ECONNREFUSED`. */
  readonly codes: readonly string[];
  /**
   * The first word of the error's `syscall`, such as `connect`, `spawn`, `open`. One code has many
   * meanings: `ENOENT` of `connect` is a socket that is not there yet, `ENOENT` of `spawn` a
   * program that never will be.
   */
  readonly calls: readonly string[];
}

/** What is looked through of errors within errors; some are their own cause. */
const DEPTH = 8;

/**
 * Whether an error is one of these faults. Looked into are also:
 * - a group such as the one `net.connect` gives for a name with several addresses, where *each* of
 *   its errors has to be such a fault;
 * - the cause of an error with no code of its own (`fetch failed`) or with the same code but without
 *   the call (what execa makes of it).
 */
export function isSystemFault(error: unknown, shape: SystemFaultShape): boolean {
  return matches(error, shape, DEPTH);
}

function matches(error: unknown, shape: SystemFaultShape, depth: number): boolean {
  if (!(error instanceof Error) || depth === 0) return false;
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  if (code !== undefined && !shape.codes.some((each) => each === code)) return false;
  if (code !== undefined && typeof syscall === 'string') {
    // `spawnSync /bin/x`: the path stands behind the call.
    return shape.calls.includes(syscall.split(' ')[0] ?? '');
  }
  if (error instanceof AggregateError) {
    const { errors } = error;
    return errors.length > 0 && errors.every((each) => matches(each, shape, depth - 1));
  }
  return matches(error.cause, shape, depth - 1);
}
