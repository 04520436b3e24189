import type { EventOf } from '../core/event.ts';
import type { Case, Site } from '../history/occurrence.ts';
import type { Gotcha } from './gotcha/gotcha.ts';
import { isInForce } from './gotcha/read-ledger.ts';
import { stateOf } from './gotcha/state.ts';

type Notice = Omit<EventOf<'notice'>, 'type' | 'at'>;

/** Once: a case is opened. From the second run on that meets it, somebody has to look into it. */
const ASKED_FROM = 2;
/** So many cases and entries of one kind are told; `pindown gotcha list` has them all. */
const MOST_TOLD = 10;
const MOST_SITES = 3;
const MOST_TEXT = 200;

/** The entry that is held of a fault: it covers it as long as it has not expired. */
export function gotchaOf(
  signature: string,
  gotchas: readonly Gotcha[],
  now: number,
): Gotcha | null {
  const found = gotchas.find(
    (gotcha) =>
      isInForce(gotcha) &&
      gotcha.signatures.includes(signature) &&
      (gotcha.expires === null || gotcha.expires.getTime() > now),
  );
  return found ?? null;
}

/** A flake that was met again, and that nobody looks into: no entry covers it, or its fix failed. */
export function isUninvestigated(one: Case, gotchas: readonly Gotcha[], now: number): boolean {
  const gotcha = gotchaOf(one.signature, gotchas, now);
  if (gotcha !== null) return stateOf(gotcha, [one], now).reopened !== null;
  return one.flakyRuns >= ASKED_FROM;
}

/**
 * What is to be said of the flakes of a run.
 *
 * @param cases what was seen of them so far, this run included
 */
export function wordsOnCases(
  cases: readonly Case[],
  gotchas: readonly Gotcha[],
  now: number,
): readonly Notice[] {
  const unknown = cases.filter(({ signature }) => gotchaOf(signature, gotchas, now) === null);
  const again = unknown.filter(({ flakyRuns }) => flakyRuns >= ASKED_FROM);
  const first = unknown.filter(({ flakyRuns }) => flakyRuns < ASKED_FROM);
  return [
    ...told(again, (one) => ({
      level: 'warning',
      code: 'uninvestigated',
      message: `${one.signature} was met again, ${timesOf(one)}: ${firstLine(one.text)}. Somebody has to look into it: pindown gotcha new ${one.signature}`,
    })),
    ...told(first, (one) => ({
      level: 'info',
      code: 'case-opened',
      message: `${one.signature} was met for the first time, ${timesOf(one)}: ${firstLine(one.text)}`,
    })),
  ];
}

/** What is to be said of the entries: what they tolerated, and what is to be done about them. */
export function wordsOnGotchas(
  gotchas: readonly Gotcha[],
  run: {
    readonly cases: readonly Case[];
    /** The name of an entry for each failure that it tolerated. */
    readonly tolerated: readonly string[];
    readonly runId: string;
    readonly now: number;
  },
): readonly Notice[] {
  const states = gotchas
    .filter(isInForce)
    .map((gotcha) => ({ gotcha, state: stateOf(gotcha, run.cases, run.now) }));
  const refuted = states.filter(({ state }) => state.reopened?.last.id === run.runId);
  const used = states.filter(({ gotcha }) => run.tolerated.includes(gotcha.name));
  const over = states.filter(({ state }) => state.quarantine === 'expired');
  const stale = states.filter(
    ({ state }) => state.quarantine === 'active' && state.staleFor !== null,
  );
  return [
    ...told(refuted, ({ gotcha, state }) => ({
      level: 'error',
      code: 'fix-refuted',
      message: `The fix of ${gotcha.name}${fixOf(gotcha)} did not hold: it was met again, ${state.reopened === null ? '' : timesOf(state.reopened)}. ${gotcha.file} is open again.`,
    })),
    ...told(used, ({ gotcha }) => ({
      level: 'warning',
      code: 'tolerated',
      message: `${gotcha.name} tolerates ${counted(run.tolerated.filter((name) => name === gotcha.name).length, 'failure')}${termsOf(gotcha)}`,
    })),
    ...told(over, ({ gotcha }) => ({
      level: 'warning',
      code: 'quarantine-expired',
      message: `The quarantine of ${gotcha.name} is over and tolerates nothing any more${termsOf(gotcha)}`,
    })),
    ...told(stale, ({ gotcha, state }) => ({
      level: 'warning',
      code: 'quarantine-stale',
      message: `The quarantine of ${gotcha.name} may be lifted: it was not met for ${counted(state.staleFor ?? 0, 'run')}${termsOf(gotcha)}`,
    })),
  ];
}

function told<T>(things: readonly T[], word: (thing: T) => Notice): readonly Notice[] {
  const notices = things.slice(0, MOST_TOLD).map(word);
  const [one] = notices;
  const rest = things.length - notices.length;
  if (one === undefined || rest === 0) return notices;
  return [...notices, { ...one, message: `and ${rest} more: pindown gotcha list` }];
}

/** `3 times in 2 runs, at 2 sites (a.test.ts > adds, b.test.ts)`. */
function timesOf({ times, runs, sites }: Case): string {
  return `${counted(times, 'time')} in ${counted(runs, 'run')}, at ${counted(sites.length, 'site')} (${siteNames(sites.map(siteName))})`;
}

/** `a.test.ts > adds`. */
export function siteName({ path, test }: Pick<Site, 'path' | 'test'>): string {
  return test === null ? path : `${path} > ${test}`;
}

/** The first of them, and how many more there are. */
export function siteNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST_SITES);
  const more = names.length > shown.length ? `, and ${names.length - shown.length} more` : '';
  return `${shown.join(', ')}${more}`;
}

/** The error without its site. */
export function firstLine(text: string): string {
  const [line = ''] = text.split('\n').filter((each) => each.trim() !== '');
  return line.slice(0, MOST_TEXT);
}

function fixOf({ fixed, fixedBy }: Gotcha): string {
  const by = fixedBy === null ? '' : `, ${fixedBy}`;
  return fixed === null ? '' : ` (${fixed.toISOString().slice(0, 10)}${by})`;
}

function termsOf({ quarantine }: Gotcha): string {
  if (quarantine === null) return '';
  const { owner, expires, reason } = quarantine;
  return ` (until ${expires.toISOString().slice(0, 10)}, ${owner}): ${reason}`;
}

/** `1 site`, `2 sites`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
