import type { Unit } from '../core/unit.ts';

/** Longest command line that a batch's file names may take, characters; Linux allows 2 MiB. */
const BATCH_CHARACTERS = 200_000;
const BATCH_UNITS = 1_000;

/** What waits to be run, in the plan's order; retries are put in front. */
export class Queue {
  /** Units of frameworks that take batches: each suite's own line, in the plan's order. */
  readonly #batched = new Map<string, Unit[]>();
  /** Units that get a process of their own. The next one is at the end, so that taking is cheap. */
  #single: Unit[] = [];

  constructor(units: readonly Unit[], takesBatches: (unit: Unit) => boolean) {
    for (const unit of units) {
      if (!takesBatches(unit)) this.#single.push(unit);
      else this.#line(unit.suite).push(unit);
    }
    this.#single.reverse();
  }

  get size(): number {
    let size = this.#single.length;
    for (const line of this.#batched.values()) size += line.length;
    return size;
  }

  /** A unit that is to run next, alone: a retry in a fresh process. */
  retry(unit: Unit): void {
    this.#single.push(unit);
  }

  /** Units of a batch that never came to run: back to their line, ahead of the rest. */
  giveBack(units: readonly Unit[]): void {
    for (const unit of units.toReversed()) this.#line(unit.suite).unshift(unit);
  }

  /**
   * The next job's units, or none. Batches come first, since they can use all slots at once; a
   * batch that gets only some of the slots takes only its share of the line.
   *
   * @param free slots that are free now
   * @param workers slots there are
   */
  take(free: number, workers: number): readonly Unit[] {
    for (const [suite, line] of this.#batched) {
      if (line.length === 0) continue;
      let length = Math.min(BATCH_UNITS, Math.ceil((line.length * free) / workers));
      let characters = 0;
      for (let index = 0; index < length; index += 1) {
        characters += (line[index]?.file ?? '').length + 1;
        if (characters > BATCH_CHARACTERS) length = Math.max(1, index);
      }
      this.#batched.set(suite, line.slice(length));
      return line.slice(0, length);
    }
    const next = this.#single.pop();
    return next === undefined ? [] : [next];
  }

  /** Takes out everything that still waits. */
  drain(): readonly Unit[] {
    const rest = [...this.#batched.values()].flat().concat(this.#single.toReversed());
    this.#batched.clear();
    this.#single = [];
    return rest;
  }

  #line(suite: string): Unit[] {
    const line = this.#batched.get(suite) ?? [];
    this.#batched.set(suite, line);
    return line;
  }
}
