/** Our own words as a list of SQL literals, for `IN (…)`; never for what comes from outside. */
export function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ');
}
