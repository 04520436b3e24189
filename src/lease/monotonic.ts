/**
 * Milliseconds of CLOCK_MONOTONIC, which all processes of a boot share; unlike
 * `performance.now()`, which counts from the start of the process.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
