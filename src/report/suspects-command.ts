import { type Trip, TRIP_KINDS } from '../core/trip.ts';
import type { Digest } from './digest.ts';
import { shellWord } from './shell-word.ts';

/** The command that says who may be behind it; for a shell in the project's root. */
export function suspectsCommand(what: string): string {
  return `pindown suspects ${what.startsWith('-') ? './' : ''}${shellWord(what)}`;
}

/** So many are told; the command without a name lists them all. */
const MOST = 3;

/**
 * The commands that rank the suspects of what was changed by somebody unknown: one for each thing,
 * at most {@link MOST}, what drags others along (a moved `HEAD` its files) first. None where the run
 * is in no history: nothing could be ranked.
 */
export function suspectsCommands({ run, notices }: Digest): readonly string[] {
  if (run === null || run.number === null) return [];
  const trips = notices.items.flatMap(({ trip }) => trip ?? []).filter(hasUnknownCulprit);
  const ranked = TRIP_KINDS.flatMap((kind) => trips.filter((trip) => trip.kind === kind));
  return [...new Set(ranked.map(({ what }) => suspectsCommand(what)))].slice(0, MOST);
}

function hasUnknownCulprit({ culprit, change, at, running }: Trip): boolean {
  if (culprit !== null || change === 'restored') return false;
  // Where no unit ran then, no unit is suspected.
  return at === null || running.length > 0;
}
