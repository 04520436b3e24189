import type { Clock } from '../../core/clock.ts';
import type { Member } from '../../process/member.ts';

/** An attempt, or a batch, as the tripwires need to know it. */
export interface Suspect {
  /** The units that run in it at this moment; their ids. */
  running(): readonly string[];
  /** Its processes. */
  members(): Promise<readonly Member[]>;
}

/** Who ran at one moment, and which units in it. */
export type Running = ReadonlyMap<Suspect, readonly string[]>;

interface Stay {
  readonly suspect: Suspect;
  readonly from: number;
  readonly to: number;
  readonly units: readonly string[];
}

/**
 * An attempt counts as there a little before it was entered: its process is started before, and the
 * kernel tells start times in hundredths of a second.
 */
const EARLIER_MS = 50;

/** Who ran when. */
export class Presence {
  readonly #clock: Clock;
  readonly #since = new Map<Suspect, { readonly at: number; readonly units: Set<string> }>();
  readonly #over: Stay[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  enter(suspect: Suspect): void {
    this.#since.set(suspect, { at: this.#clock.wall(), units: new Set(suspect.running()) });
  }

  /** @returns since when it was there, milliseconds since the epoch */
  leave(suspect: Suspect): number {
    const now = this.#clock.wall();
    const stay = this.#since.get(suspect);
    this.#since.delete(suspect);
    if (stay === undefined) return now;
    const units = new Set([...stay.units, ...suspect.running()]);
    this.#over.push({ suspect, from: stay.at, to: now, units: [...units] });
    return stay.at;
  }

  isAny(suspects: Iterable<Suspect>): boolean {
    for (const suspect of suspects) if (this.#since.has(suspect)) return true;
    return false;
  }

  now(): Running {
    const running = new Map<Suspect, readonly string[]>();
    for (const [suspect, { units }] of this.#since) {
      const these = suspect.running();
      for (const unit of these) units.add(unit);
      running.set(suspect, these);
    }
    return running;
  }

  /** Who ran at a moment of the past; nobody where it is not known when that was. */
  at(moment: number | null): Running {
    if (moment === null) return new Map();
    const running = new Map<Suspect, readonly string[]>();
    for (const { suspect, from, to, units } of this.#over) {
      if (from - EARLIER_MS <= moment && moment <= to) running.set(suspect, units);
    }
    for (const [suspect, { at }] of this.#since) {
      if (at - EARLIER_MS <= moment) running.set(suspect, suspect.running());
    }
    return running;
  }
}
