/** A proportion's confidence interval; both ends within 0 to 1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The two-sided 95 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * The 95 % Wilson score interval of a proportion. Unlike the textbook interval it stays within 0
 * to 1 and is honest for few trials and for rates near 0, which is where flaky tests live.
 * E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22
 * (1927); recommended for small samples by Brown, Cai and DasGupta, "Interval estimation for a
 * binomial proportion", Statistical Science 16 (2001).
 *
 * @param successes from 0 to `trials`
 * @param trials 0 gives the whole range: nothing is known
 */
export function wilsonInterval(successes: number, trials: number): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const rate = successes / trials;
  const weight = Z ** 2 / trials;
  const centre = rate + weight / 2;
  const spread = Z * Math.sqrt((rate * (1 - rate)) / trials + weight / (4 * trials));
  return {
    // The exact ends at no and at only successes; rounding would leave them a hair off.
    low: successes === 0 ? 0 : (centre - spread) / (1 + weight),
    high: successes === trials ? 1 : (centre + spread) / (1 + weight),
  };
}
