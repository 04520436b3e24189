import { join } from 'node:path';
import { findProjectRoot } from '../../config/project-root.ts';
import { PindownError, usageError } from '../../core/errors.ts';
import { EXIT, graverStatus } from '../../core/exit-status.ts';
import { describeTrip, isMutation, type Trip } from '../../core/trip.ts';
import type { FrameworkName } from '../../core/unit.ts';
import type { SuspectedThing } from '../../ledger/suspects.ts';
import { sanitiseLine } from '../../report/terminal/sanitise.ts';
import { type Standing, standingTrips } from '../../sandbox/tripwires/standing.ts';
import type { Io } from '../io.ts';
import { executeRun } from '../run/execute-run.ts';
import { openProject } from '../run/project.ts';
import { TripListener } from './trip-listener.ts';

/** So many suspects are run at most, the likeliest first. */
export const MOST_RERUNS = 8;

/** A suspect's run, alone. */
interface Tried {
  readonly unit: string;
  /** Null where it could not be run at all, for the reason given. */
  readonly run: { readonly id: string; readonly number: number | null } | null;
  readonly exitCode: number;
  /** What changed around the suite in it, each in a sentence; or why it could not be run. */
  readonly seen: readonly string[];
}

type Verdict =
  /** It happened while nothing else ran. */
  | { readonly kind: 'proven'; readonly unit: string; readonly evidence: string }
  | { readonly kind: 'unknown'; readonly because: string }
  | { readonly kind: 'interrupted' };

export interface Rerun {
  readonly verdict: Verdict;
  readonly tried: readonly Tried[];
  /** Suspects that were not run. */
  readonly left: readonly string[];
  /** What has to be put back before anything is run again. */
  readonly standing: readonly Standing[];
  readonly exitCode: number;
}

export interface RerunOptions {
  readonly framework: FrameworkName | undefined;
  /** The command that units are given to, in place of the project's own suites. */
  readonly command: readonly string[] | null;
  /** The trips of the run in which the thing was tripped last. */
  readonly lastTrips: readonly Trip[];
}

/** A suspect's run and what changed in it. */
interface Alone {
  readonly tried: Tried;
  readonly trips: readonly Trip[];
}

/**
 * Runs each suspect alone, the likeliest first, until it happens again. Each starts from what was
 * there before it happened: nothing is put back for the user, who may want to keep it.
 */
export async function rerunSuspects(
  thing: SuspectedThing,
  options: RerunOptions,
  io: Io,
): Promise<Rerun> {
  const suspects = thing.suspects.map(({ unit }) => unit);
  const chosen = suspects.slice(0, MOST_RERUNS);
  const tried: Tried[] = [];
  let exitCode: number = EXIT.passed;
  let trips = options.lastTrips;
  const ended = (verdict: Verdict, status: number, standing: readonly Standing[] = []): Rerun => ({
    verdict,
    tried,
    left: suspects.slice(tried.length),
    standing,
    exitCode: status,
  });
  for (const unit of chosen) {
    const standing = stillStanding(trips, thing, io);
    if (standing.length > 0) {
      const because =
        tried.length === 0
          ? 'what was changed then still stands, so that it could not happen again'
          : 'the last run changed something else, which still stands';
      return ended(
        { kind: 'unknown', because },
        graverStatus(exitCode, EXIT.environment),
        standing,
      );
    }
    const alone = await runAlone(unit, options, io);
    tried.push(alone.tried);
    trips = alone.trips;
    const proof = trips.find((trip) => isProof(trip, thing, unit));
    if (proof !== undefined) {
      const evidence = `${describeTrip(proof)}; nothing else ran in ${runName(alone.tried)}`;
      const changed = stillStanding(trips, thing, io);
      return ended({ kind: 'proven', unit, evidence }, EXIT.leaked, changed);
    }
    exitCode = graverStatus(exitCode, alone.tried.exitCode);
    if (exitCode === EXIT.interrupted || exitCode === EXIT.terminated) {
      return ended({ kind: 'interrupted' }, exitCode);
    }
  }
  if (tried.length === 0) {
    return ended({ kind: 'unknown', because: 'there is no suspect to run' }, EXIT.noTests);
  }
  const because =
    'it did not happen while one of them ran alone; it may need a neighbour, or chance';
  return ended({ kind: 'unknown', because }, exitCode, stillStanding(trips, thing, io));
}

/**
 * Of the suite itself, or the very thing: what others leave in shared places stands in no way.
 *
 * @throws PindownError `not-watched` where a run would notice none of it
 */
function stillStanding(trips: readonly Trip[], thing: SuspectedThing, io: Io): readonly Standing[] {
  const { root, env, settings } = openProject(io, {}, { selectors: [], command: null });
  if (!settings.isolation.tripwires) {
    throw usageError(
      'not-watched',
      'The configuration says not to watch for changes around the suite ([isolation] tripwires): nothing could be proven.',
      'Take that setting out, and run the command again.',
    );
  }
  const relevant = trips.filter((trip) => isMutation(trip) || isSame(trip, thing));
  return standingTrips(relevant, { cwd: root, env });
}

async function runAlone(
  unit: string,
  { framework, command }: RerunOptions,
  io: Io,
): Promise<Alone> {
  const selectors = [command === null ? unit : fileOf(unit, io)];
  const project = openProject(io, { framework, workers: 1, retries: 0 }, { selectors, command });
  const listener = new TripListener();
  const { trips } = listener;
  const wishes = { seed: null, shard: null, slowest: 0, github: false, screen: false, listener };
  io.stderr.write(`alone: ${sanitiseLine(unit)}\n`);
  try {
    const exitCode = await executeRun(project, wishes, io, (result) =>
      Promise.resolve(result.exitCode),
    );
    return { tried: { unit, run: listener.run, exitCode, seen: trips.map(describeTrip) }, trips };
  } catch (error) {
    // Such as a file that is gone by now; the next suspect may still be there.
    if (!(error instanceof PindownError) || listener.run !== null) throw error;
    if (error.exitCode === EXIT.environment) throw error;
    const { exitCode, message } = error;
    return { tried: { unit, run: null, exitCode, seen: [message] }, trips };
  }
}

/** The file that a command is given; its suite is named for the framework. */
function fileOf(unit: string, { cwd }: Io): string {
  return join(findProjectRoot(cwd), unit.slice(unit.indexOf(':') + 1));
}

/** Whether it happened again, and while nobody of the suite but this unit ran. */
function isProof(trip: Trip, thing: SuspectedThing, unit: string): boolean {
  if (!isSame(trip, thing) || trip.change === 'restored') return false;
  // Where nobody knows when it was, it was in this run, in which nothing else ran.
  if (trip.at === null) return true;
  return trip.running.length > 0 && trip.running.every((id) => id === unit);
}

function isSame(trip: Trip, { kind, what }: SuspectedThing): boolean {
  return trip.kind === kind && trip.what === what;
}

function runName({ run }: Tried): string {
  return run?.number == null ? `run ${run?.id ?? ''}` : `run ${run.number}`;
}
