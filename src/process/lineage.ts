/**
 * The variable that tells which attempts a process descends from: `RUN/ATTEMPT` for each Pindown
 * around it, the outermost first, with commas between. A Pindown that is itself run in an attempt
 * adds its own, so that what it leaves behind when it is killed is still the outer attempt's.
 */
export const LINEAGE = 'PINDOWN_LINEAGE';

/** The lineage of what an attempt starts. */
export function lineageOf(
  outer: string | undefined,
  attempt: { readonly runId: string; readonly token: string },
): string {
  const own = `${attempt.runId}/${attempt.token}`;
  return outer === undefined || outer === '' ? own : `${outer},${own}`;
}

/** What an environment, NUL between its entries, says of it; null where it says nothing. */
export function lineageIn(environment: string): string | null {
  const at = environment.indexOf(`${LINEAGE}=`);
  if (at < 0) return null;
  return environment.slice(at + LINEAGE.length + 1).split('\0', 1)[0] ?? '';
}
