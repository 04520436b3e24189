import type { RunEvent } from '../../core/event.ts';
import { UNIT_OUTCOMES, type UnitOutcome, zeroCounts } from '../../core/outcome.ts';

export interface Running {
  readonly unitId: string;
  readonly path: string;
  readonly slot: number;
  readonly pid: number;
  /** By the monotonic clock. */
  readonly since: number;
  readonly expectedMs: number;
}

interface Waiting {
  readonly path: string;
  readonly expectedMs: number;
}

/** Where a run stands, from its events. Holds the units that are not finished. */
export class Progress {
  readonly #unfinished = new Map<string, Waiting>();
  readonly #running = new Map<string, Running>();
  readonly #counts = zeroCounts();
  #waitingMs = 0;
  planned = 0;
  done = 0;
  workers = 1;

  /** @param now milliseconds by the monotonic clock */
  handle(event: RunEvent, now: number): void {
    switch (event.type) {
      case 'run-started':
        this.planned = event.planned;
        this.workers = event.run.workers;
        break;
      case 'unit-planned': {
        const { expectedMs, unit } = event;
        this.#unfinished.set(unit.id, { path: unit.path, expectedMs });
        this.#waitingMs += expectedMs;
        break;
      }
      case 'attempt-started': {
        const { attemptId, unitId, slot, pid } = event;
        const unit = this.#unfinished.get(unitId);
        if (unit === undefined) break;
        this.#running.set(attemptId, { ...unit, unitId, slot, pid, since: now });
        this.#waitingMs -= unit.expectedMs;
        break;
      }
      case 'attempt-finished': {
        const running = this.#running.get(event.attempt.id);
        if (running === undefined) break;
        this.#running.delete(event.attempt.id);
        // Until its unit is finished it may come again.
        this.#waitingMs += running.expectedMs;
        break;
      }
      case 'unit-finished': {
        const unit = this.#unfinished.get(event.unit.id);
        if (unit !== undefined) {
          this.#unfinished.delete(event.unit.id);
          this.#waitingMs -= unit.expectedMs;
        }
        this.done += 1;
        this.#counts[event.unit.outcome] += 1;
        break;
      }
      case 'notice':
      case 'interrupted':
      case 'run-finished':
        break;
    }
  }

  /** What runs now, the longest first. */
  get running(): readonly Running[] {
    return [...this.#running.values()];
  }

  /** What has come out so far, in the order of the outcomes, without zeros. */
  get counts(): readonly (readonly [outcome: UnitOutcome, count: number])[] {
    return UNIT_OUTCOMES.map((outcome) => [outcome, this.#counts[outcome]] as const).filter(
      ([, count]) => count > 0,
    );
  }

  /**
   * Milliseconds that are left by the plan's expectations: all of the work over the workers, but
   * not less than what the longest running unit still needs. Null where nothing is expected.
   */
  timeLeftMs(now: number): number | null {
    const owed = this.running.map((unit) => Math.max(0, unit.expectedMs - (now - unit.since)));
    const work = owed.reduce((sum, ms) => sum + ms, Math.max(0, this.#waitingMs));
    if (work < 1) return null;
    return Math.max(work / Math.max(1, this.workers), ...owed);
  }
}
