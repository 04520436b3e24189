import type { Standing } from './identity.ts';

/**
 * Everything that the protocol of leases does to the world outside of it, one system call each or
 * nearly so. Paths are relative to the key's directory, and `''` is that directory itself.
 *
 * The protocol is written as generators of these and never touches a file by itself, so that what
 * runs on the real file system ({@link Ground}) and what the model checker takes through every
 * interleaving and crash is one and the same code.
 */
export type Operation =
  /** The names in a directory. */
  | { readonly op: 'names'; readonly path: string }
  | { readonly op: 'read'; readonly path: string }
  /** Makes a whole file, or none, and only then does it return: on the disk, if it is durable. */
  | {
      readonly op: 'write';
      readonly path: string;
      readonly text: string;
      readonly durable?: boolean;
    }
  /** Makes a text, not empty, that `read` gives back: in one step, and only where nothing is. */
  | { readonly op: 'inscribe'; readonly path: string; readonly text: string }
  | {
      readonly op: 'rename';
      readonly from: string;
      readonly to: string;
      readonly durable?: boolean;
    }
  | { readonly op: 'unlink'; readonly path: string }
  | { readonly op: 'make-directory'; readonly path: string }
  | { readonly op: 'remove-directory'; readonly path: string }
  /** Changes its times, which wakes who watches it. */
  | { readonly op: 'touch'; readonly path: string }
  /** What became of the process that an identity stands for. */
  | { readonly op: 'judge'; readonly identity: string }
  /** Milliseconds since the epoch; may step. */
  | { readonly op: 'wall-clock' }
  /** A descriptor of the file, for reading and writing. */
  | { readonly op: 'open'; readonly path: string; readonly create: boolean }
  | { readonly op: 'close'; readonly fd: number }
  | { readonly op: 'lock'; readonly fd: number }
  | { readonly op: 'unlock'; readonly fd: number }
  | { readonly op: 'is-locked'; readonly fd: number }
  /** Whether the path still leads to what the descriptor has open, and whether that is empty. */
  | { readonly op: 'stat'; readonly fd: number; readonly path: string }
  /** Makes an empty file not empty. */
  | { readonly op: 'mark'; readonly fd: number }
  /** Whether a process has a file open that once was at this path and was removed. */
  | { readonly op: 'has-orphans'; readonly path: string }
  /**
   * Does nothing: says that of all that was answered before, the rest of the way depends on no more
   * than where it is and this. It lets the model checker see that two ways have led to the same point.
   */
  | { readonly op: 'rest'; readonly at: string; readonly on: readonly number[] };

type Name = Operation['op'];

/** What each operation comes to where it does not fail. */
interface Values {
  names: readonly string[];
  read: string;
  write: null;
  inscribe: null;
  rename: null;
  unlink: null;
  'make-directory': null;
  'remove-directory': null;
  touch: null;
  judge: Standing;
  'wall-clock': number;
  open: number;
  close: null;
  lock: 'locked' | 'busy';
  unlock: null;
  'is-locked': boolean;
  stat: { readonly same: boolean; readonly empty: boolean };
  mark: null;
  'has-orphans': boolean;
  rest: null;
}

export type ValueOf<O extends Operation> = Values[O['op'] & Name];

/** The answer to an operation: its value, or the name of the errno. */
export type Answer<T = unknown> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string; readonly because: string };

/** A part of the protocol that comes to a `T`. */
export type Steps<T> = Generator<Operation, T, Answer>;

/** An operation failed in a way that the protocol has no step for. */
export class Obstacle extends Error {
  override readonly name = 'Obstacle';
  /** The name of the errno. */
  readonly code: string;

  constructor(code: string, because: string) {
    super(because);
    this.code = code;
  }
}

/**
 * Does one operation.
 *
 * @param expected the errors that the caller has a step for
 * @returns its value, or the one of the expected errors that it failed with
 * @throws Obstacle for any other error
 */
export function* attempted<O extends Operation>(
  operation: O,
  ...expected: readonly string[]
): Steps<
  Extract<Answer<ValueOf<O>>, { ok: true }> | { readonly ok: false; readonly code: string }
> {
  // The one place where an answer gets the type of its question.
  const answer = (yield operation) as Answer<ValueOf<O>>;
  if (!answer.ok && !expected.includes(answer.code)) {
    throw new Obstacle(answer.code, answer.because);
  }
  return answer;
}

/**
 * Does one operation that only fails where the protocol can't go on.
 *
 * @throws Obstacle where it fails
 */
export function* done<O extends Operation>(operation: O): Steps<ValueOf<O>> {
  const answer = (yield operation) as Answer<ValueOf<O>>;
  if (!answer.ok) throw new Obstacle(answer.code, answer.because);
  return answer.value;
}
