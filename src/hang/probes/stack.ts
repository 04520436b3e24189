/** A place in a program's source. */
export interface Frame {
  readonly function: string;
  readonly file: string | null;
  /** From 1; null where it is not known. */
  readonly line: number | null;
}

/** A lock, a channel or a monitor that a runtime knows of. */
export interface Lock {
  /** The same for the same lock within one process, such as its address. */
  readonly id: string;
  /** `threading.Lock`, `java.lang.Object`. */
  readonly kind: string;
}

/** What a thread or a task of a runtime is at, in the language that it was written in. */
export interface Stack {
  readonly language: 'python' | 'node' | 'go' | 'java' | 'native' | 'shell';
  /** A task has no thread of its own: a suspended function, a goroutine. */
  readonly of: 'thread' | 'task';
  /** The kernel's id of the thread; null for a task, or where it is not known. */
  readonly tid: number | null;
  readonly name: string | null;
  /** The innermost first. */
  readonly frames: readonly Frame[];
  /** What the runtime calls its state, such as `chan receive` or `BLOCKED`. */
  readonly state?: string;
  /** It has the lock under which alone the interpreter runs. */
  readonly hasInterpreterLock?: true;
  readonly waitsFor?: Lock;
  readonly holds?: readonly Lock[];
}

/** `dir/file.py:12 (main)`, for people. */
export function framePlace({ function: name, file, line }: Frame): string {
  if (file === null) return name;
  return `${file}${line === null ? '' : `:${line}`} (${name})`;
}
