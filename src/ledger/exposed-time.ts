import type { Exposure } from '../history/history.ts';

/**
 * An attempt counts as there for so much longer than it ran, milliseconds: its process is started
 * before it is entered, and a change is noticed after it was made.
 */
const EDGE_MS = 50;

/** How long something could have been tripped, in all and by each unit. */
export class ExposedTime {
  readonly #runs = new Map<string, { readonly ms: number; readonly units: Map<string, number> }>();
  readonly #units = new Map<string, number>();
  #ms = 0;

  constructor(exposures: readonly Exposure[]) {
    for (const { run, ms, units } of exposures) {
      const padded = new Map<string, number>();
      for (const [unit, own] of units) {
        const unitMs = Math.min(own.ms + own.attempts * EDGE_MS, ms + EDGE_MS);
        padded.set(unit, unitMs);
        this.#units.set(unit, (this.#units.get(unit) ?? 0) + unitMs);
      }
      this.#runs.set(run.id, { ms: ms + EDGE_MS, units: padded });
      this.#ms += ms + EDGE_MS;
    }
  }

  get units(): Iterable<string> {
    return this.#units.keys();
  }

  unitsOf(runId: string): ReadonlySet<string> {
    return new Set(this.#runs.get(runId)?.units.keys());
  }

  /** Whether there is a run in which the one ran and the other did not. */
  hasRunWithout(unit: string, other: string): boolean {
    for (const { units } of this.#runs.values()) {
      if (units.has(unit) && !units.has(other)) return true;
    }
    return false;
  }

  /** The part of all the time in which the unit ran; 1 where nothing is known of it. */
  share(unit: string): number {
    const ms = this.#units.get(unit);
    return ms === undefined ? 1 : ms / this.#ms;
  }

  /**
   * How much likelier it is for a moment of the unit's own time to lie in this run than for any
   * moment; 1 where nothing is known of the unit or the run.
   */
  lift(unit: string, runId: string): number {
    const run = this.#runs.get(runId);
    const ms = this.#units.get(unit);
    if (run === undefined || ms === undefined) return 1;
    return (run.units.get(unit) ?? 0) / ms / (run.ms / this.#ms);
  }
}
