import { type Attempt, isExcused, unitResult, type UnitResult } from '../core/attempt.ts';
import { uuidv7 } from '../core/ids.ts';
import type { AttemptOutcome } from '../core/outcome.ts';
import type { Unit } from '../core/unit.ts';
import type { Excuse } from '../outcome/excuse.ts';
import type { RuleRetries } from './rule-retries.ts';

/** What comes after a unit's attempt. */
export type Next =
  | { readonly kind: 'over' }
  /** Another one in a fresh process, at once. */
  | { readonly kind: 'again' }
  /** Another one by a rule, at the rule's pace, as it was started before. */
  | { readonly kind: 'paused'; readonly pace: Pace };

export interface Pace {
  readonly delayMs: number;
  /** Why fewer units are to run at once from now on; null where that would not help. */
  readonly narrows: string | null;
}

/**
 * Outcomes that the user's `--retries` gives another attempt in a fresh process. A hang or a
 * time-out is not among them: it would cost its whole limit again and only hide the evidence.
 */
const RETRIED: ReadonlySet<AttemptOutcome> = new Set([
  'failed',
  'errored',
  'crashed',
  'contradicted',
  // Only what a process is forked from has died: Pindown itself, and it would not ask any more.
  'lost',
]);

/** What has become of one unit in this run so far, and whether it gets another attempt. */
export class UnitCourse {
  readonly unit: Unit;
  /** By id, in order: a batch may finish an attempt twice, and the later one holds. */
  readonly #attempts = new Map<string, Attempt>();
  /** By which a rule has granted the next attempt. */
  #pace: Pace = { delayMs: 0, narrows: null };
  /** No further attempt can come to anything else. */
  #settled = false;

  constructor(unit: Unit) {
    this.unit = unit;
  }

  /** The number of its next attempt. */
  get nextNumber(): number {
    return this.#attempts.size + 1;
  }

  /**
   * Takes an attempt with what the rules say of it.
   *
   * @param retries grants what is within the bounds of the run; null where it is being stopped
   * @returns the attempt as it stands in the record: run again by a rule, or not excused and why
   */
  take(
    token: string,
    attempt: Attempt,
    excuse: Excuse | null,
    retries: RuleRetries | null,
  ): Attempt {
    const ruled =
      excuse === null || retries === null ? attempt : this.#rule(token, attempt, excuse, retries);
    this.#attempts.set(ruled.id, ruled);
    return ruled;
  }

  /**
   * After its last attempt.
   *
   * @param retries attempts beyond the first that the user gives it
   */
  next(retries: number): Next {
    const attempts = [...this.#attempts.values()];
    const last = attempts.at(-1);
    if (last === undefined) throw new Error(`${this.unit.id} ended without an attempt`);
    if (isExcused(last)) return { kind: 'paused', pace: this.#pace };
    // Cut off by a neighbour in its batch: it has not had its turn yet.
    if (last.outcome === 'cancelled') return { kind: 'again' };
    const counted = attempts.filter(
      (attempt) => attempt.outcome !== 'cancelled' && !isExcused(attempt),
    );
    const again = !this.#settled && RETRIED.has(last.outcome) && counted.length <= retries;
    return { kind: again ? 'again' : 'over' };
  }

  /** Accounts for the attempt that it will not have. */
  end(outcome: 'blocked' | 'cancelled', reason: string): Attempt {
    const attempt: Attempt = {
      id: uuidv7(),
      unitId: this.unit.id,
      number: this.nextNumber,
      outcome,
      exitCode: null,
      signal: null,
      startedAt: null,
      durationMs: 0,
      reason,
      tests: [],
      errors: [],
      retry: null,
      leaks: [],
      verdict: null,
      evidence: [],
      slot: null,
      batchSize: 1,
    };
    this.#attempts.set(attempt.id, attempt);
    return attempt;
  }

  result(): UnitResult {
    return unitResult(this.unit, [...this.#attempts.values()]);
  }

  #rule(token: string, attempt: Attempt, excuse: Excuse, retries: RuleRetries): Attempt {
    const { rule, because } = excuse;
    const not = (why: string): Attempt => ({
      ...attempt,
      reason: `${attempt.reason}; not excused by ${rule.name}: ${why}`,
    });
    if (excuse.kind === 'refused') {
      this.#settled ||= excuse.final;
      return not(because);
    }
    const answer = retries.ask(token, attempt.unitId, excuse);
    if (!answer.granted) return not(answer.because);
    this.#pace = { delayMs: answer.delayMs, narrows: rule.narrows ? because : null };
    return { ...attempt, retry: { rule: rule.name, because } };
  }
}
