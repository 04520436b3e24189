/** How many units a message names before it only counts. */
const NAMED = 20;

/** `a, b and 3 more`: the first twenty ids, then the count of the rest. */
export function nameUnits(ids: readonly string[]): string {
  const rest = ids.length - NAMED;
  const named = ids.slice(0, NAMED).join(', ');
  return rest > 0 ? `${named} and ${rest} more` : named;
}
