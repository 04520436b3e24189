/** A thread of the tree that was looked at. */
export interface ThreadRef {
  readonly pid: number;
  readonly tid: number;
}

export type WaitKind =
  | 'running'
  | 'stopped'
  | 'frozen'
  | 'traced'
  | 'pipe-read'
  | 'pipe-write'
  | 'fifo-open'
  | 'socket-read'
  | 'socket-write'
  | 'accept'
  | 'connect'
  | 'terminal-read'
  | 'poll'
  | 'child'
  | 'vfork'
  | 'futex'
  | 'file-lock'
  | 'time'
  | 'signal'
  | 'uninterruptible'
  | 'unknown';

/** Who or what could end a wait; `via` says by what, for people. */
export type Source =
  /** Any thread of a process of the tree. */
  | { readonly kind: 'process'; readonly pid: number; readonly via: string }
  /** That a process of the tree ends. */
  | { readonly kind: 'end'; readonly pid: number; readonly via: string }
  | { readonly kind: 'thread'; readonly pid: number; readonly tid: number; readonly via: string }
  /** A process that is not of the tree. */
  | { readonly kind: 'outside'; readonly pid: number | null; readonly via: string }
  /** A deadline of its own. */
  | { readonly kind: 'time'; readonly via: string }
  /** What it waits for is there already. */
  | { readonly kind: 'ready'; readonly via: string }
  /** It can't be told who could. */
  | { readonly kind: 'unknown'; readonly via: string };

/** A descriptor that is waited for, and for what. */
export interface Interest {
  readonly fd: number;
  readonly access: 'read' | 'write';
  /** Only a change wakes it (EPOLLET), so that being in the set does not yet mean to wait for it. */
  readonly edge?: boolean;
}

/** What a futex belongs to, as far as the memory around it and the call tell. */
export type FutexShape =
  | 'mutex'
  /** Contended as a lock is, of a layout in which no owner stands. */
  | 'lock'
  | 'read-write-lock'
  | 'condition'
  | 'semaphore'
  /** A thread that sleeps until another one unparks it. */
  | 'parked'
  | 'join'
  | 'other';

/** What is known of a futex that a thread waits on. */
export interface FutexFacts {
  /** Of what it belongs to: all who wait for one condition have the same. */
  readonly address: bigint;
  readonly shape: FutexShape;
  /** The thread that has the lock, or that is joined, by its id here; null where nothing tells. */
  readonly owner: number | null;
  /** The owner is no thread any more that could give it back. */
  readonly isOwnerGone: boolean;
  /** Only threads of this process can wake it. */
  readonly isPrivate: boolean;
}

/** What one thread waits for, and everything that could end that; nothing can where there is none. */
export interface Wait {
  readonly thread: ThreadRef;
  readonly kind: WaitKind;
  /** In words, such as `reads pipe:[123] (fd 0)`. */
  readonly what: string;
  /** The descriptors that it waits on, its own numbers. */
  readonly fds: readonly number[];
  /** The same with what it waits for; left out where that is not known. */
  readonly interests?: readonly Interest[];
  /** The path or the address that it waits at, where it is known. */
  readonly place?: string;
  /** Of a futex that is waited for without a limit. */
  readonly futex?: FutexFacts;
  /** Of a wait for signals: which ones would end it; null where any that is caught does. */
  readonly signals?: readonly number[] | null;
  /** Of a call that ends by itself: after how long, milliseconds, where its arguments tell. */
  readonly limitMs?: number;
  readonly sources: readonly Source[];
}
