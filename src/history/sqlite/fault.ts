import { environmentError, type PindownError } from '../../core/errors.ts';

/** What went wrong, as far as somebody can act on it. */
export type FaultKind =
  /** Another process holds the lock for longer than we waited. */
  | 'busy'
  /** The file is damaged, or no database at all. */
  | 'corrupt'
  /** No space left on the device, or over a limit. */
  | 'full'
  /** The file or its directory can't be written. */
  | 'read-only'
  | 'failed';

/** A fault of SQLite, or of the file system under it. */
export class SqliteFault extends Error {
  override readonly name = 'SqliteFault';
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

const HINTS: Readonly<Record<FaultKind, string>> = {
  busy: 'Another run holds it. It is tried again on the next start.',
  corrupt: 'The next start checks it, sets it aside if it is damaged, and begins a new one.',
  full: 'Free some space. Nothing that ended is lost: the directory of the run has it.',
  'read-only': 'Make the directory and the file writable to keep a history.',
  failed: 'Move the file away to begin a new history.',
};

/** The fault in the words that a user reads; its code is `history-<kind>`. */
export function historyError(file: string, fault: SqliteFault): PindownError {
  const message = `The history ${file} can't be used: ${fault.message}.`;
  return environmentError(`history-${fault.kind}`, message, HINTS[fault.kind], fault);
}
