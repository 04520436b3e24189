import type { Attempt, UnitResult } from './attempt.ts';
import type { RunEnd, RunInfo } from './run.ts';
import type { Trip } from './trip.ts';
import type { Unit } from './unit.ts';

/**
 * The one typed stream that every sink reads. `at` is milliseconds since the epoch. The order is
 * fixed: `run-started`, `unit-planned`*, then attempts and units as they come, `run-finished`.
 * Every unit that was planned is finished exactly once before `run-finished`.
 */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly at: number;
      readonly run: RunInfo;
      readonly planned: number;
    }
  | {
      readonly type: 'unit-planned';
      readonly at: number;
      readonly unit: Unit;
      /** What the plan expects it to take, milliseconds. */
      readonly expectedMs: number;
    }
  | {
      readonly type: 'attempt-started';
      readonly at: number;
      readonly unitId: string;
      readonly attemptId: string;
      readonly number: number;
      readonly slot: number;
      /** The process that runs it, once it is there; attempts of one batch share it. */
      readonly pid: number;
      /** Clock ticks since boot, to tell the process from a later one of the same pid. */
      readonly startTime: number | null;
    }
  | { readonly type: 'attempt-finished'; readonly at: number; readonly attempt: Attempt }
  | { readonly type: 'unit-finished'; readonly at: number; readonly unit: UnitResult }
  | {
      readonly type: 'notice';
      readonly at: number;
      readonly level: 'info' | 'warning' | 'error';
      /** kebab-case, stable. */
      readonly code: string;
      readonly message: string;
      /** What changed around the suite, where that is what it tells. */
      readonly trip?: Trip;
    }
  | {
      readonly type: 'interrupted';
      readonly at: number;
      readonly signal: 'SIGINT' | 'SIGTERM';
      readonly times: number;
    }
  | ({ readonly type: 'run-finished'; readonly at: number } & RunEnd);

export type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/**
 * A reader of the event stream: one file each in `report/`, and the history's recorder. `handle`
 * is called for every event in order and must not throw for what a sink can survive: a sink that
 * fails is reported and dropped, and the run goes on (recording that fails never changes a
 * result's colour, but makes the run say so).
 */
export interface Sink {
  readonly name: string;
  handle(event: RunEvent): void;
  /** Called once after `run-finished`; writes what is left to write. */
  close(): void | Promise<void>;
}
