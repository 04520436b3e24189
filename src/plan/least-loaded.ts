/**
 * Bins (or workers) of which the least loaded is always found first, and among equals the one with
 * the lowest index. A binary heap, so that ten thousand units over hundreds of bins stay cheap.
 */
export class LeastLoaded {
  /** Heap of bin indices. */
  readonly #heap: number[];
  readonly #loads: number[];

  /** @param bins how many, at least 1; all start empty */
  constructor(bins: number) {
    this.#heap = Array.from({ length: bins }, (_, index) => index);
    this.#loads = Array.from({ length: bins }, () => 0);
  }

  /** Adds to the least loaded bin; returns its index, from 0. */
  add(load: number): number {
    const bin = this.#heap[0]!;
    this.#loads[bin]! += load;
    this.#sink();
    return bin;
  }

  /** The load of the fullest bin. */
  get greatest(): number {
    return this.#loads.reduce((greatest, load) => Math.max(greatest, load), 0);
  }

  #sink(): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && this.#before(heap[child]!, heap[least]!)) least = child;
      }
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }

  #before(a: number, b: number): boolean {
    return this.#loads[a]! < this.#loads[b]! || (this.#loads[a] === this.#loads[b] && a < b);
  }
}

/**
 * How long a run takes if each worker, as soon as it is free, takes the next unit of the list
 * (Graham's list scheduling): milliseconds, where the durations are.
 */
export function makespan(durations: Iterable<number>, workers: number): number {
  const loads = new LeastLoaded(workers);
  for (const duration of durations) loads.add(duration);
  return loads.greatest;
}
