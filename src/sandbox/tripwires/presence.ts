import type { Clock } from '../../core/clock.ts';
import type { Member } from '../../process/member.ts';

/** An attempt, or a batch, as the tripwires need to know it. */
export interface Suspect {
  /** The units that run in it at this moment; their ids. */
  running(): readonly string[];
  /** Its processes. */
  members(): Promise<readonly Member[]>;
}

/**
 * Who ran at one moment, and which units in it. By a suspect as long as that is there; one that is
 * over is nobody who could be asked any more, and something else stands for it.
 */
export type Running = ReadonlyMap<unknown, readonly string[]>;

/** That of a suspect which is over; not the suspect itself, on which a whole attempt hangs. */
interface Stay {
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
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #since = new Map<Suspect, { readonly at: number; readonly units: Set<string> }>();
  readonly #over: Stay[] = [];

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  enter(suspect: Suspect): void {
    this.#since.set(suspect, { at: this.#clock.monotonic(), units: new Set(suspect.running()) });
  }

  /** @returns since when it was there, by the clock's monotonic time, as all moments here */
  leave(suspect: Suspect): number {
    const now = this.#clock.monotonic();
    const stay = this.#since.get(suspect);
    this.#since.delete(suspect);
    if (stay === undefined) return now;
    const units = new Set([...stay.units, ...suspect.running()]);
    this.#over.push({ from: stay.at, to: now, units: [...units] });
    return stay.at;
  }

  /** Whether one of those that ran then is there now. */
  isAny(running: Running): boolean {
    for (const suspect of this.#since.keys()) if (running.has(suspect)) return true;
    return false;
  }

  now(): ReadonlyMap<Suspect, readonly string[]> {
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
    const running = new Map<unknown, readonly string[]>();
    for (const stay of this.#over) {
      if (stay.from - EARLIER_MS <= moment && moment <= stay.to) running.set(stay, stay.units);
    }
    for (const [suspect, { at }] of this.#since) {
      if (at - EARLIER_MS <= moment) running.set(suspect, suspect.running());
    }
    return running;
  }
}
