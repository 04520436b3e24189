import type { UnitResult } from '../core/attempt.ts';
import type { Clock } from '../core/clock.ts';
import { exitStatus } from '../core/exit-status.ts';
import { isGreen } from '../core/outcome.ts';
import { type RunEnd, countUnit, emptyTotals } from '../core/run.ts';

export interface TallyOptions {
  /** Stop once so many units have failed; null for never. */
  readonly failFast: number | null;
  /** Stop once more than so many units were flaky; null for never. */
  readonly maxFlaky: number | null;
  readonly failOnFlaky: boolean;
  /** The run is given no units, but other shards of the plan have some. */
  readonly emptyShard: boolean;
}

/** Why nothing more is to be started. */
export interface Stop {
  readonly why: string;
  readonly tooManyFlaky: boolean;
}

/** What a run has come to so far: counts its units, and says when they are enough to stop. */
export class Tally {
  readonly #options: TallyOptions;
  readonly #clock: Clock;
  readonly #since: number;
  readonly #totals = emptyTotals();
  #notGreen = 0;

  constructor(options: TallyOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#since = clock.monotonic();
  }

  /** @returns why the run is to stop, once a limit is reached */
  count(unit: UnitResult): Stop | null {
    countUnit(this.#totals, unit);
    if (!isGreen(unit.outcome) && unit.outcome !== 'no-tests') this.#notGreen += 1;
    const { failFast, maxFlaky } = this.#options;
    if (failFast !== null && this.#notGreen >= failFast) {
      return { why: `--fail-fast ${failFast}: ${this.#notGreen} failed`, tooManyFlaky: false };
    }
    const { flaky } = this.#totals;
    if (maxFlaky !== null && flaky > maxFlaky) {
      return { why: `--max-flaky ${maxFlaky}: ${flaky} were flaky`, tooManyFlaky: true };
    }
    return null;
  }

  /** How the run ended, all of its units having been counted. */
  end(stopped: Stop | null, interrupt: 'SIGINT' | 'SIGTERM' | null): RunEnd {
    const { failOnFlaky, emptyShard } = this.#options;
    const tooManyFlaky = stopped?.tooManyFlaky ?? false;
    return {
      totals: this.#totals,
      durationMs: this.#clock.monotonic() - this.#since,
      exitCode: exitStatus(this.#totals, { failOnFlaky, emptyShard, interrupt, tooManyFlaky }),
      stopped: stopped?.why ?? null,
    };
  }
}
