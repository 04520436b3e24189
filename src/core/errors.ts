/**
 * An error that a user can meet: what happened, on what, why it is likely, what to do. The
 * terminal shows it without a stack. Anything else that is thrown is a defect of ours and keeps
 * its stack.
 */
export class PindownError extends Error {
  override readonly name = 'PindownError';
  /** kebab-case, stable, for `--json` and tests. */
  readonly code: string;
  /** The exit status that the command ends with. */
  readonly exitCode: number;
  /** What to do about it: full sentences, or null where nothing can be advised. */
  readonly hint: string | null;

  constructor(
    code: string,
    message: string,
    options: { exitCode: number; hint?: string; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exitCode = options.exitCode;
    this.hint = options.hint ?? null;
  }
}

/** Wrong usage or configuration: exit status 2. */
export function usageError(
  code: string,
  message: string,
  hint?: string,
  cause?: unknown,
): PindownError {
  return new PindownError(code, message, {
    exitCode: 2,
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}

/** The environment or Pindown failed: exit status 6. */
export function environmentError(
  code: string,
  message: string,
  hint?: string,
  cause?: unknown,
): PindownError {
  return new PindownError(code, message, {
    exitCode: 6,
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}

/** An error of the operating system as Node reports it. */
export interface SystemError extends Error {
  readonly code: string;
  readonly syscall?: string;
  readonly path?: string;
}

export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'string';
}

/** `ENOENT (open /tmp/x)`: the fault with the call that failed and what it failed on. */
export function describeFault(error: unknown): string {
  if (!isSystemError(error)) return error instanceof Error ? error.message : String(error);
  const where = [error.syscall, error.path].filter((part) => part !== undefined).join(' ');
  return where === '' ? `${error.code}: ${error.message}` : `${error.code} (${where})`;
}

/** What to do about a call that the operating system refused: full sentences. */
export function remedyFor(error: unknown): string {
  switch (isSystemError(error) ? error.code : null) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'There is no room left: free some, or write to another place.';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'It may not be written to: change its permissions, or choose another place.';
    case 'EEXIST':
    case 'ENOTDIR':
      return 'A file stands where a directory is needed: move it away, or choose another place.';
    case 'EMFILE':
    case 'ENFILE':
      return 'Too many files are open: raise the limit (ulimit -n), or choose fewer --workers.';
    case 'EAGAIN':
    case 'ENOMEM':
      return 'There is no memory left, or no process more is allowed: choose fewer --workers, or raise the limits (ulimit -a; in a container those of its control group).';
    case 'EIO':
      return 'The device does not answer; a terminal that was closed does that. Choose another place.';
    default:
      return 'Choose another place.';
  }
}
