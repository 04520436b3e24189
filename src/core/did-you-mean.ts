/** How many suggestions are worth reading. */
const LIMIT = 3;

/** A shorter input than this is a part of too many names to suggest them for it. */
const PART_LENGTH = 3;

/**
 * The candidates that a person who typed `input` most likely meant, the likeliest first, at most
 * three; none where nothing is near. Near is: a typing error for every three characters (at least
 * two), or a candidate that contains the input, as when a directory was left out.
 */
export function suggest(input: string, candidates: Iterable<string>): string[] {
  const wanted = input.toLowerCase();
  const near = new Map<string, number>();
  for (const candidate of candidates) {
    const distance = distanceOf(wanted, candidate.toLowerCase());
    if (distance !== null) near.set(candidate, distance);
  }
  return [...near]
    .sort(([a, x], [b, y]) => x - y || a.length - b.length || (a < b ? -1 : 1))
    .slice(0, LIMIT)
    .map(([candidate]) => candidate);
}

/** `Did you mean a, b or c?`, or undefined where there is nothing to suggest. */
export function didYouMean(input: string, candidates: Iterable<string>): string | undefined {
  const found = suggest(input, candidates);
  const last = found.pop();
  if (last === undefined) return undefined;
  const names = found.length === 0 ? last : `${found.join(', ')} or ${last}`;
  return `Did you mean ${names}?`;
}

function distanceOf(wanted: string, candidate: string): number | null {
  const allowed = Math.max(2, Math.floor(wanted.length / 3));
  // Two short words are always two edits apart: at least one character must be right.
  const most = Math.min(allowed, Math.max(wanted.length, candidate.length) - 1);
  const distance = editDistance(wanted, candidate, most);
  if (distance !== null) return distance;
  if (wanted.length < PART_LENGTH || !candidate.includes(wanted)) return null;
  return candidate.endsWith(`/${wanted}`) ? 0.5 : allowed + 1;
}

/**
 * The optimal string alignment distance: insertions, deletions, substitutions and swaps of
 * neighbours; null if it is over `most`.
 */
function editDistance(a: string, b: string, most: number): number | null {
  if (Math.abs(a.length - b.length) > most) return null;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        last[column]! + 1,
        current[column - 1]! + 1,
        last[column - 1]! + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, beforeLast[column - 2]! + 1);
      }
      current.push(cost);
    }
    if (Math.min(...current) > most) return null;
    beforeLast = last;
    last = current;
  }
  const distance = last[b.length]!;
  return distance <= most ? distance : null;
}
