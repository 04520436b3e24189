import type { Trip } from '../core/trip.ts';
import type { Exposure, RunRef, TripRecord } from '../history/history.ts';
import { type Interval, wilsonInterval } from '../history/wilson.ts';
import { ExposedTime } from './exposed-time.ts';
import { type Moment, type Tripped, trippedThings } from './moments.ts';

/** A unit that ran when something was tripped. */
export interface Suspect {
  readonly unit: string;
  /** That it is the one, given all that was recorded; 0 to 1. */
  readonly probability: number;
  /** At how many of the moments it ran, or may have. */
  readonly moments: number;
  /** The 95 % interval of the part of the moments at which it runs. */
  readonly interval: Interval;
  /** The part of all run time in which it ran, 0 to 1: what chance alone would give. */
  readonly share: number;
}

/** What the records come to. */
type Finding =
  /** At some moments these were caught: their process was seen, or nothing else ran. */
  | { readonly kind: 'caught'; readonly units: readonly string[] }
  /** It is so much likelier than all others together; not proven. */
  | { readonly kind: 'likely'; readonly unit: string }
  | { readonly kind: 'unknown'; readonly because: string };

/** One thing that was tripped, and who is suspected of it. */
export interface SuspectedThing {
  readonly kind: Trip['kind'];
  readonly what: string;
  /** At how many moments, of how many runs. */
  readonly moments: number;
  readonly runs: number;
  readonly lastSeen: RunRef;
  /** What it came to when it was seen last. */
  readonly lastTrip: Trip;
  /** The likeliest first. */
  readonly suspects: readonly Suspect[];
  /** That it was none of them: somebody outside of the suite, or a unit that never ran then. */
  readonly noneOfThem: number;
  readonly finding: Finding;
}

/** Of the moments so many are somebody else's, or laid at the wrong moment. */
const NOISE = 0.05;
/** No single moment weighs more than this for a unit, as none weighs more than the noise against. */
const MOST_WEIGHT = 1 / NOISE;
/** What is held of it before anything was seen that no unit is behind it. */
const NOBODY = 0.1;
/** From here on a suspect is called likely, where it was seen more than once. */
const LIKELY = 0.95;
const FEWEST_MOMENTS = 2;
/** So many of those that can't be told apart are named. */
const MOST_SHOWN = 3;

/**
 * Ranks, for each thing that was tripped, the units that ran then. Each hypothesis says that one
 * unit is behind it: then, but for noise, the moments lie anywhere in that unit's own time. Against
 * them stands that nobody of the suite is, and the moments lie anywhere in the time of all runs. So
 * a moment at which a unit ran speaks for it by one over its share of the time: much for one that
 * hardly ever runs, nothing for one that always does. A moment at which it did not run speaks
 * against it by the noise's rate, and never rules it out. How often it trips the thing when it runs
 * does not enter, since nobody knows that.
 *
 * Runs mostly repeat one schedule, in which the same units meet at the same places each time; a
 * victim is short because it failed of what was tripped. So moments at which the same units ran
 * count once, and nobody is called likely whom nothing but its share of the time tells from another.
 */
export function suspectsOf(
  trips: readonly TripRecord[],
  exposures: readonly Exposure[],
): readonly SuspectedThing[] {
  const time = new ExposedTime(exposures);
  return trippedThings(trips).map((thing) => suspectedThing(thing, time));
}

function suspectedThing({ kind, what, moments }: Tripped, time: ExposedTime): SuspectedThing {
  const last = moments.at(-1);
  if (last === undefined) throw new Error('a thing that was never tripped');
  const present = moments.map((moment) => moment.running ?? time.unitsOf(moment.run.id));
  const units = new Set([...time.units, ...present.flatMap((those) => [...those])]);
  const probabilities = posterior(units, distinct(moments, present), time);
  const suspects = [...units]
    .map((unit): Suspect => {
      const met = present.filter((those) => those.has(unit)).length;
      return {
        unit,
        probability: probabilities.get(unit) ?? 0,
        moments: met,
        interval: wilsonInterval(met, moments.length),
        share: time.share(unit),
      };
    })
    .filter((suspect) => suspect.moments > 0)
    .toSorted(byProbability);
  const suspected = suspects.reduce((sum, { probability }) => sum + probability, 0);
  return {
    kind,
    what,
    moments: moments.length,
    runs: new Set(moments.map(({ run }) => run.id)).size,
    lastSeen: last.run,
    lastTrip: last.trip,
    suspects,
    noneOfThem: Math.max(0, 1 - suspected),
    finding: findingOf(suspects, moments, present, time),
  };
}

/** The first of the moments at which the same units ran. */
function distinct(
  moments: readonly Moment[],
  present: readonly ReadonlySet<string>[],
): readonly Moment[] {
  const first = new Map<string, Moment>();
  for (const [index, moment] of moments.entries()) {
    const units = [...(present[index] ?? [])].toSorted();
    const key = JSON.stringify([moment.running === null, units]);
    if (!first.has(key)) first.set(key, moment);
  }
  return [...first.values()];
}

function byProbability(one: Suspect, other: Suspect): number {
  const order = other.probability - one.probability || other.moments - one.moments;
  return order || (one.unit < other.unit ? -1 : 1);
}

/** What is to be held of each unit, and of nobody, after all moments; the sum is 1. */
function posterior(
  units: ReadonlySet<string>,
  moments: readonly Moment[],
  time: ExposedTime,
): ReadonlyMap<string, number> {
  const prior = Math.log((1 - NOBODY) / Math.max(1, units.size));
  const logs = new Map(
    [...units].map((unit) => {
      const factors = moments.map((moment) => Math.log(likelihoodRatio(unit, moment, time)));
      return [unit, factors.reduce((sum, factor) => sum + factor, prior)] as const;
    }),
  );
  // Against the greatest of them, so that no exponential overflows.
  const nobody = Math.log(NOBODY);
  const greatest = Math.max(nobody, ...logs.values());
  let sum = Math.exp(nobody - greatest);
  for (const log of logs.values()) sum += Math.exp(log - greatest);
  return new Map([...logs].map(([unit, log]) => [unit, Math.exp(log - greatest) / sum]));
}

/** How much likelier the moment is if the unit is behind it than if nobody is. */
function likelihoodRatio(unit: string, { run, running }: Moment, time: ExposedTime): number {
  if (running !== null && !running.has(unit)) return NOISE;
  const lift = running === null ? time.lift(unit, run.id) : 1 / time.share(unit);
  return Math.min((1 - NOISE) * lift + NOISE, MOST_WEIGHT);
}

function findingOf(
  suspects: readonly Suspect[],
  moments: readonly Moment[],
  present: readonly ReadonlySet<string>[],
  time: ExposedTime,
): Finding {
  const caught = new Set(moments.flatMap((moment) => moment.caught ?? []));
  if (caught.size > 0) return { kind: 'caught', units: [...caught] };
  const [first, ...others] = suspects;
  if (first === undefined) return { kind: 'unknown', because: 'no unit ran when it was tripped' };
  if (moments.length < FEWEST_MOMENTS) {
    return { kind: 'unknown', because: 'it was tripped only once: that may be chance' };
  }
  const same = others.filter(
    ({ unit }) =>
      !present.some((those) => those.has(first.unit) && !those.has(unit)) &&
      !time.hasRunWithout(unit, first.unit),
  );
  if (same.length > 0) {
    const shown = same.slice(0, MOST_SHOWN).map(({ unit }) => unit);
    const more = same.length > MOST_SHOWN ? ` and ${same.length - MOST_SHOWN} more` : '';
    const because = `${shown.join(', ')}${more} ran whenever ${first.unit} did`;
    return { kind: 'unknown', because };
  }
  if (first.probability >= LIKELY) return { kind: 'likely', unit: first.unit };
  return { kind: 'unknown', because: 'what was seen fits more than one' };
}
