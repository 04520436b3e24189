/** How well two ways to sort things into groups agree, over all pairs of things. */
export interface Pairwise {
  readonly precision: number;
  readonly recall: number;
  /** Pairs of groups that were taken for one, and groups that were split; for people. */
  readonly merged: readonly string[];
  readonly split: readonly string[];
}

/** Of the pairs found equal those that are, and of the pairs that are equal those found. */
export function pairwise(
  things: readonly { readonly label: string; readonly found: string }[],
): Pairwise {
  const merged = new Set<string>();
  const split = new Set<string>();
  let right = 0;
  let wrong = 0;
  let missed = 0;
  for (const [index, one] of things.entries()) {
    for (const other of things.slice(index + 1)) {
      const same = one.label === other.label;
      const equal = one.found === other.found;
      if (same && equal) right += 1;
      else if (equal) {
        wrong += 1;
        merged.add([one.label, other.label].toSorted().join(' = '));
      } else if (same) {
        missed += 1;
        split.add(one.label);
      }
    }
  }
  return {
    precision: right / (right + wrong),
    recall: right / (right + missed),
    merged: [...merged],
    split: [...split],
  };
}
