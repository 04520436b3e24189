import { usageError } from '../core/errors.ts';
import { checkPace, waitBefore } from './pace.ts';
import { systemTimekeeper, type Timekeeper } from './timekeeper.ts';
import type { TransientFault, TransientRule } from './transient-rule.ts';

/** What is told and injected, whatever is retried. */
export interface RetryHooks {
  /** Called for each fault that is waited out, before the wait; what it throws goes through. */
  readonly onRetry?: (fault: TransientFault) => void;
  /** As `Math.random`, which is the default. */
  readonly random?: () => number;
  readonly timekeeper?: Timekeeper;
}

type Bounds = Pick<TransientRule, 'attempts' | 'deadlineMs' | 'pace'>;

/** A rule, of which bounds and pace may be replaced; or a condition with bounds of its own. */
export type RetryTerms =
  | ({ readonly rule: TransientRule; readonly when?: never } & Partial<Bounds>)
  | ({ readonly when: TransientRule['when']; readonly rule?: never } & Bounds);

/** The state of one bounded retry: what is done after a failure is decided here alone. */
export class RetryCourse {
  readonly timekeeper: Timekeeper;
  readonly #rule: Omit<TransientRule, 'name'>;
  readonly #name: string | null;
  readonly #random: () => number;
  readonly #onRetry: RetryHooks['onRetry'];
  readonly #startedAt: number;
  #failures = 0;

  /** Throws a `PindownError` (`retry-unbounded`, `pace-unbounded`) for terms without an end. */
  constructor(terms: RetryTerms & RetryHooks) {
    this.#rule = terms.rule === undefined ? terms : { ...terms.rule, ...terms };
    checkBounds(this.#rule);
    checkPace(this.#rule.pace);
    this.#name = terms.rule?.name ?? null;
    this.#random = terms.random ?? Math.random;
    this.#onRetry = terms.onRetry;
    this.timekeeper = terms.timekeeper ?? systemTimekeeper;
    this.#startedAt = this.timekeeper.now();
  }

  /** Milliseconds to wait before the next call; null where the error is to go through. */
  afterFailure(error: unknown): number | null {
    const { when, attempts, deadlineMs, pace } = this.#rule;
    this.#failures += 1;
    if (!when(error) || this.#failures >= attempts) return null;
    const leftMs = deadlineMs - (this.timekeeper.now() - this.#startedAt);
    if (leftMs <= 0) return null;
    const waitMs = Math.min(waitBefore(this.#failures, pace, this.#random), leftMs);
    this.#onRetry?.({ rule: this.#name, attempt: this.#failures, error, waitMs });
    return waitMs;
  }
}

function checkBounds({ attempts, deadlineMs }: Bounds): void {
  if (Number.isSafeInteger(attempts) && attempts >= 1 && Number.isFinite(deadlineMs)) return;
  throw usageError(
    'retry-unbounded',
    `Expected attempts to be a whole number from 1 and deadlineMs a finite one, got ${attempts} and ${deadlineMs}`,
  );
}
