/** How far a fault is understood; see docs/ledger.md. */
export const GOTCHA_STATUSES = [
  /** Somebody looks into it. */
  'open',
  /** What was observed speaks for one cause, and no observation decides it yet. */
  'supported',
  /** One observation decides it. */
  'proven',
  /** What was held to be the cause is not. */
  'refuted',
  /** Another entry tells it better. */
  'superseded',
  /** It can't be seen as long as another fault is there. */
  'masked-by',
] as const;

export type GotchaStatus = (typeof GOTCHA_STATUSES)[number];

/** What of a known fault is tolerated for a while. */
interface Quarantine {
  readonly owner: string;
  readonly reason: string;
  /** From this moment on it tolerates nothing. */
  readonly expires: Date;
  /** Reported as stale once the fault was not met for so many runs. */
  readonly staleAfter: number;
}

/** An entry of the ledger: what is known of a fault. */
export interface Gotcha {
  /** Its file's name without `.md`. */
  readonly name: string;
  /** Relative to the project's root. */
  readonly file: string;
  readonly title: string;
  /** At least one. */
  readonly signatures: readonly string[];
  readonly status: GotchaStatus;
  readonly owner: string | null;
  readonly firstSeen: Date | null;
  /** From this moment on somebody has to look at it again. */
  readonly expires: Date | null;
  /** Declared: from this moment on it is not to be met any more. */
  readonly fixed: Date | null;
  /** A commit, a pull request: what mended it. */
  readonly fixedBy: string | null;
  /** The entry that supersedes or masks it. */
  readonly by: string | null;
  readonly links: readonly string[];
  readonly quarantine: Quarantine | null;
  /** What stands below the front matter. */
  readonly body: string;
}
