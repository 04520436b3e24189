import type { Backend } from './claims.ts';

export interface LeaseOptions {
  /** What is shared: the same for all who share it. Any text. */
  readonly key: string;
  /** How many may hold it at once, from 1 to 1000. Where others ask for less, theirs counts. */
  readonly limit: number;
  /**
   * Where leases are kept, the same for all who share; `PINDOWN_LEASE_ROOT` where it is left out,
   * and without that `.local/state/pindown/leases` in the user's home as the user database has it
   * (a test may have been given another `HOME`).
   */
  readonly root?: string;
  /**
   * How long to wait at most, milliseconds; 0 where it is left out. However short, there is always
   * one full attempt.
   */
  readonly wait?: number;
  /**
   * Ends the wait. One that has been aborted before gets no attempt, since nobody wants the lease
   * any more; unless it was a deadline (`AbortSignal.timeout`), which gets one like any other.
   */
  readonly signal?: AbortSignal;
  /** Without it: what the key is kept by already, or else `kernel` where it is to be had. */
  readonly backend?: Backend;
}

/** A permit that is held. Ends at the latest with the process, however that ends. */
export interface Lease extends AsyncDisposable {
  readonly kind: 'acquired';
  readonly key: string;
  /**
   * Grows: a later holder's is larger. A resource that remembers the largest that it saw can turn
   * away one who lost its lease and does not know.
   */
  readonly token: number;
  /** From 0, below the limit; nobody else has it now. */
  readonly slot: number;
  /** The limit that counts: the smallest of those that were asked for by who is there. */
  readonly limit: number;
  readonly backend: Backend;
  /**
   * The descriptor that holds the permit, for a child to inherit (`stdio`), so that the permit is
   * not given away while the child runs on after this process was killed. Released, it is free
   * whoever has inherited it. Null for `files`, where a permit ends with this process.
   */
  readonly descriptor: number | null;
  /**
   * Gives it back; the first call counts. `lost`: it had been taken away, since somebody removed
   * the files that stood for it.
   *
   * @throws PindownError `lease-not-released` where the file system refuses
   */
  release(): Promise<'released' | 'lost'>;
}

/** There was no permit in time. */
export interface LeaseBlocked {
  readonly kind: 'blocked';
  /** `queue`: others wait longer. `limit`: one with a larger limit has not gone yet. */
  readonly reason: 'held' | 'queue' | 'limit' | 'cancelled';
  /** One sentence; says nothing of who the holders are. */
  readonly because: string;
  /** How many hold a permit now. */
  readonly holders: number;
  /** For how long the oldest of them has held it, milliseconds; null where nobody can say. */
  readonly oldestMs: number | null;
}

/** The file system refuses what leases need, and waiting won't help. */
export interface LeaseFailed {
  readonly kind: 'failed';
  /** The name of the errno, or `backend-differs`. */
  readonly code: string;
  /** One sentence. */
  readonly because: string;
}

export type LeaseResult = Lease | LeaseBlocked | LeaseFailed;
