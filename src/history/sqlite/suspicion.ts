import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * A note beside the database that a statement met damage in it. A whole check reads every page,
 * too dear for each start, and the usual signs (a bad header, a file shorter than its header says)
 * don't show a damaged page in the middle: so the check is made on the first start after the fault.
 */
function noteOf(file: string): string {
  return `${file}.suspect`;
}

export function raiseSuspicion(file: string, fault: string): void {
  writeFileSync(noteOf(file), `${fault}\n`);
}

/** The fault that was met, or null. */
export function suspicion(file: string): string | null {
  return existsSync(noteOf(file)) ? readFileSync(noteOf(file), 'utf8').trim() : null;
}

export function clearSuspicion(file: string): void {
  rmSync(noteOf(file), { force: true });
}
