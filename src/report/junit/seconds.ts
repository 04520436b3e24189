/** Seconds with three decimals, as `time` attributes have them. */
export function seconds(milliseconds: number | null): string {
  return ((milliseconds ?? 0) / 1000).toFixed(3);
}
