/** Several samples as one figure, and how far they lay apart. */
export interface Spread {
  readonly value: number;
  readonly range: readonly [least: number, most: number];
}

/** The median of the samples (the mean of the middle two where they are even), with their range. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1];
  const high = sorted[Math.floor(middle)];
  const least = sorted[0];
  const most = sorted.at(-1);
  if (low === undefined || high === undefined || least === undefined || most === undefined) {
    throw new Error('Expected at least one sample, got none');
  }
  return { value: (low + high) / 2, range: [least, most] };
}

/**
 * The spread of a figure taken from what ran side by side, round by round, so that what slows the
 * machine down for a while slows down both sides of the same round.
 */
export function spreadOfPairs<A, B>(
  ours: readonly A[],
  theirs: readonly B[],
  figure: (ours: A, theirs: B) => number,
): Spread {
  if (ours.length !== theirs.length) {
    throw new Error(`Expected as many samples on both sides, got ${ours.length}, ${theirs.length}`);
  }
  return spreadOf(ours.map((each, round) => figure(each, theirs[round]!)));
}
