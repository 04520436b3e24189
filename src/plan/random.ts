/**
 * Numbers from 0 up to 1, the same for the same seed on every machine: mulberry32 (Tommy Ettinger,
 * public domain, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c), 32 bits
 * of state. Good enough to shuffle by; not for secrets.
 *
 * @param seed a whole number; its lowest 32 bits count
 */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** A shuffled copy (Fisher and Yates, from the end), the same for the same seed. */
export function shuffle<T>(items: readonly T[], seed: number): T[] {
  const next = randomNumbers(seed);
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(next() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
  }
  return shuffled;
}
