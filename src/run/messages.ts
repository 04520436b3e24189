import type { Attempt } from '../core/attempt.ts';
import type { Unit } from '../core/unit.ts';
import type { Lease } from '../lease/lease.ts';
import type { Excuse } from '../outcome/excuse.ts';
import type { Framework, Suite } from '../frameworks/framework.ts';

/** One unit of a job, under the id that its attempt will have if it is begun. */
export interface JobUnit {
  readonly unit: Unit;
  readonly attemptId: string;
  readonly number: number;
}

/** What the dispatcher hands to an executor: one process, one unit or a batch of them. */
export interface JobSpec {
  /** Never reused. Of a single unit it is the attempt's id. */
  readonly token: string;
  readonly suite: Suite;
  readonly framework: Framework;
  readonly units: readonly [JobUnit, ...JobUnit[]];
  /** The slots it occupies; the first one is its own stable number. */
  readonly slots: readonly [number, ...number[]];
  /** For each unit, milliseconds. */
  readonly timeoutMs: number;
  /** What it holds of what others use, too. */
  readonly leases: readonly Lease[];
}

/** What an executor tells the dispatcher; the two share nothing else. */
export type ExecutorMessage =
  | {
      readonly type: 'attempt-started';
      readonly token: string;
      readonly unit: JobUnit;
      readonly pid: number;
      readonly startTime: number | null;
    }
  /**
   * An attempt is over. In a batch the same attempt may come a second time, when the end of the
   * process disagrees with what was reported before it: the later one holds.
   */
  | {
      readonly type: 'attempt-finished';
      readonly token: string;
      readonly attempt: Attempt;
      /** What the rules say of it; null where none claims it. */
      readonly excuse: Excuse | null;
    }
  /** Something that a person should know, such as a record that was refused. */
  | {
      readonly type: 'notice';
      readonly token: string;
      /** kebab-case, stable. */
      readonly code: string;
      readonly message: string;
    }
  /** The process is gone and settled; `givenBack` were never begun and are to be run elsewhere. */
  | {
      readonly type: 'job-finished';
      readonly token: string;
      readonly givenBack: readonly string[];
    };

/** How the dispatcher acts upon a running job. */
export interface JobHandle {
  /** End it as cancelled: SIGTERM, grace, SIGKILL; if it is being ended, within this grace. */
  cancel(because: string, graceMs: number): void;
  /** Cut every grace short. */
  killNow(): void;
}
