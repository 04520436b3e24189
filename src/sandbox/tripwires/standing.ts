import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Trip } from '../../core/trip.ts';
import { describeListening, listeningSockets } from '../../process/listening.ts';
import { askGit, type GitPlace } from './git.ts';
import { Head } from './head.ts';
import { readHeadMove } from './head-move.ts';
import { findRepository, type Repository } from './repository.ts';

/** What a run changed around the suite and nobody has put back. */
export interface Standing {
  readonly what: string;
  /** How it is, in a sentence without its subject. */
  readonly is: string;
  /** What puts it back, for people. */
  readonly remedy: string;
}

/**
 * What of one run's trips still stands. Files and the index count as put back when they are as they
 * were committed, since what they held before the run is known to nobody. It only looks.
 *
 * @param trips of one run, in order
 */
export function standingTrips(
  trips: readonly Trip[],
  { cwd: root, env }: GitPlace,
): readonly Standing[] {
  const last = new Map(trips.map((trip) => [`${trip.kind} ${trip.what}`, trip]));
  const left = [...last.values()].filter(({ change }) => change !== 'restored');
  const repository = findRepository(root, env);
  return [
    ...(repository === null ? [] : changedInGit(trips, left, repository)),
    ...left.flatMap((trip) => stillThere(trip, root)),
  ];
}

function changedInGit(
  trips: readonly Trip[],
  left: readonly Trip[],
  repository: Repository,
): Standing[] {
  const head = standingHead(trips, left, repository);
  // Files and index go with HEAD; what they are like is told once that is back.
  if (head !== null) return [head];
  return [...standingIndex(left, repository), ...standingFiles(left, repository)];
}

function standingHead(
  trips: readonly Trip[],
  left: readonly Trip[],
  { gitDir }: Repository,
): Standing | null {
  if (!left.some(({ kind }) => kind === 'head')) return null;
  const moves = trips.flatMap(({ kind, detail }) =>
    kind === 'head' && detail !== null ? (readHeadMove(detail) ?? []) : [],
  );
  const first = moves[0];
  if (first === undefined) return null;
  const before = first.from;
  const now = new Head(gitDir).now();
  // The branch may have gone on since, by other commits than the run's own.
  const reached = moves.some(({ to }) => to === now && to !== before);
  if (!reached && branchOf(now) === branchOf(before)) return null;
  const remedy =
    branchOf(now) === branchOf(before)
      ? `git reset --keep ${commitOf(before)}`
      : `git checkout ${branchOf(before)}`;
  return { what: 'HEAD', is: `is at ${now} and was at ${before}`, remedy };
}

function standingIndex(left: readonly Trip[], { place }: Repository): Standing[] {
  const trip = left.find(({ kind }) => kind === 'index');
  if (trip === undefined) return [];
  const differing = differingFrom(place, ['--cached']);
  if (differing === null) return [unanswered(trip)];
  if (differing.size === 0) return [];
  const is = 'holds other than what is committed';
  return [{ what: trip.what, is, remedy: 'git restore --staged :/ (or commit what is staged)' }];
}

function standingFiles(left: readonly Trip[], { place, prefix }: Repository): Standing[] {
  const files = left.filter(({ kind }) => kind === 'tree');
  if (files.length === 0) return [];
  const differing = differingFrom(place, ['HEAD']);
  if (differing === null) return files.map(unanswered);
  return files
    .filter(({ what }) => differing.has(`${prefix}${what}`))
    .map(({ what }) => ({
      what,
      is: 'differs from what is committed',
      remedy: `git restore --staged --worktree -- ${what} (or commit it)`,
    }));
}

function unanswered({ what }: Trip): Standing {
  return { what, is: "can't be compared: git does not answer", remedy: 'see what git status says' };
}

/** The paths that differ, by what they hold; null where git can't tell. */
function differingFrom(place: GitPlace, against: readonly string[]): ReadonlySet<string> | null {
  const args = ['diff', '--no-ext-diff', '--no-relative', '--ignore-submodules', '--name-only'];
  const text = askGit(place, [...args, '-z', ...against, '--']);
  return text === null
    ? null
    : new Set(
        text
          .toString()
          .split('\0')
          .filter((path) => path !== ''),
      );
}

function stillThere({ kind, what, change }: Trip, root: string): Standing[] {
  switch (kind) {
    case 'port':
      return listeningSockets().some((socket) => describeListening(socket) === what)
        ? [{ what, is: 'is taken: something listens there', remedy: 'end the process behind it' }]
        : [];
    case 'file':
      return change === 'created' && existsSync(resolve(root, what))
        ? [{ what, is: 'is there', remedy: 'move it away' }]
        : [];
    case 'head':
    case 'index':
    case 'tree':
      return [];
  }
}

/** `main` of `main (1a2b3c)`; of a detached `HEAD` its commit. */
function branchOf(head: string): string {
  return head.split(' ')[0] ?? head;
}

function commitOf(head: string): string {
  return /\((\S+)\)$/.exec(head)?.[1] ?? branchOf(head);
}
