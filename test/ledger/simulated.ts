import type { Trip } from '../../src/core/trip.ts';
import type { Exposure, RunRef, TripRecord } from '../../src/history/history.ts';
import { aTrip } from '../history/samples.ts';

/** A suite whose units run in random order, one of which trips something now and then. */
export interface Suite {
  /** What each unit takes, milliseconds. */
  readonly durations: readonly number[];
  readonly workers: number;
  readonly culprit: number;
  /** How often the culprit does it when it runs, and how often somebody else does in a run. */
  readonly rate: number;
  readonly noise: number;
}

export interface Simulated {
  readonly trips: readonly TripRecord[];
  readonly exposures: readonly Exposure[];
}

interface Stay {
  readonly unit: string;
  readonly from: number;
  readonly to: number;
}

export function unitName(index: number): string {
  return `unit:${index}`;
}

/** Runs of a suite until something was tripped so often; at most 100 runs for each time. */
export function simulate(suite: Suite, moments: number, random: () => number): Simulated {
  const trips: TripRecord[] = [];
  const exposures: Exposure[] = [];
  for (let run = 1; trips.length < moments && run <= moments * 100; run += 1) {
    const ref: RunRef = { id: `run ${run}`, number: run, startedAt: '2026-01-02T03:04:05.678Z' };
    const stays = schedule(suite, random);
    const ms = Math.max(...stays.map(({ to }) => to));
    const units = stays.map(
      ({ unit, from, to }) => [unit, { ms: to - from, attempts: 1 }] as const,
    );
    exposures.push({ run: ref, ms, units: new Map(units) });
    const own = stays.find(({ unit }) => unit === unitName(suite.culprit));
    if (own !== undefined && random() < suite.rate) {
      trips.push(tripAt(ref, stays, own.from + random() * (own.to - own.from)));
    }
    if (random() < suite.noise) trips.push(tripAt(ref, stays, random() * ms));
  }
  return { trips, exposures };
}

function schedule({ durations, workers }: Suite, random: () => number): Stay[] {
  const order = durations
    .map((ms, index) => ({ ms, index, rank: random() }))
    .toSorted((one, other) => one.rank - other.rank);
  const free = Array.from({ length: workers }, () => 0);
  return order.map(({ ms, index }) => {
    const from = Math.min(...free);
    free[free.indexOf(from)] = from + ms;
    return { unit: unitName(index), from, to: from + ms };
  });
}

function tripAt(run: RunRef, stays: readonly Stay[], at: number): TripRecord {
  const running = stays.filter(({ from, to }) => from <= at && at < to).map(({ unit }) => unit);
  const trip: Trip = aTrip({ at, running });
  return { run, trip };
}
