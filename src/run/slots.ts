/** The worker slots, numbered from 0; the lowest free one is always taken first. */
export class Slots {
  readonly #free: number[];
  readonly #all: number;
  #limit: number;

  constructor(total: number) {
    this.#all = total;
    this.#limit = total;
    this.#free = Array.from({ length: total }, (_, index) => index);
  }

  /** So many may be taken at once. */
  get total(): number {
    return this.#limit;
  }

  get free(): number {
    const taken = this.#all - this.#free.length;
    return Math.max(0, this.#limit - taken);
  }

  /** Allows one fewer at once from now on, down to one; false where that is all there is. */
  narrow(): boolean {
    if (this.#limit === 1) return false;
    this.#limit -= 1;
    return true;
  }

  take(count: number): readonly [number, ...number[]] {
    const [first, ...rest] = this.#free.splice(0, count);
    if (first === undefined) throw new Error('no slot is free');
    return [first, ...rest];
  }

  release(slots: readonly number[]): void {
    this.#free.push(...slots);
    this.#free.sort((a, b) => a - b);
  }
}
