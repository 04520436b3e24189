/** The worker slots, numbered from 0; the lowest free one is always taken first. */
export class Slots {
  readonly #free: number[];
  readonly total: number;

  constructor(total: number) {
    this.total = total;
    this.#free = Array.from({ length: total }, (_, index) => index);
  }

  get free(): number {
    return this.#free.length;
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
