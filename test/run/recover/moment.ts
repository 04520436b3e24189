import type { ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isSystemError } from '../../../src/core/errors.ts';
import { oneOf } from '../../process/tier/random-from.ts';

/** What a run's directory shows of how far it has come; the empty name is the directory itself. */
const MARKS = [
  '',
  'holder.json',
  'events.ndjson.plan',
  'events.ndjson',
  'attempts/',
  'report.json',
];

/** What a recovery puts into the directory of the run that it closes. */
const RECOVERY_MARKS = ['claim-', 'events.ndjson', 'report.json'];

/** When a Pindown is to be killed: so long after its start, or after a file of it has come. */
export interface Moment {
  readonly mark: Mark | null;
  readonly thenMs: number;
}

interface Mark {
  readonly in: 'new run' | 'old run';
  /** Of the file's name. */
  readonly begins: string;
}

const LONGEST_RUN_MS = 1_600;
const SOON_MS = 25;

/**
 * Half of them anywhere in a run, half of them close to where one step is over.
 *
 * @param after whether a run before it may be there to be closed
 */
export function randomMoment(random: () => number, after: boolean): Moment {
  if (random() < 0.5) return { mark: null, thenMs: Math.floor(random() * LONGEST_RUN_MS) };
  const old = after && random() < 0.6;
  const begins = oneOf(old ? RECOVERY_MARKS : MARKS, random);
  return {
    mark: { in: old ? 'old run' : 'new run', begins },
    thenMs: random() < 0.5 ? 0 : Math.floor(random() * SOON_MS),
  };
}

/** Waits for a moment of a process; settles earlier where that ends before. */
export async function moment(
  { mark, thenMs }: Moment,
  child: ChildProcess,
  runsDir: string,
): Promise<void> {
  if (mark !== null) await shows(mark, child, runsDir);
  for (let at = performance.now(); performance.now() - at < thenMs && isRunning(child);) {
    await delay(1);
  }
}

async function shows(mark: Mark, child: ChildProcess, runsDir: string): Promise<void> {
  const before = marksIn(runsDir);
  const isNew = (run: string): boolean => !before.has(`${run}/`);
  while (isRunning(child)) {
    const fresh = [...marksIn(runsDir)].filter((path) => !before.has(path));
    if (fresh.some((path) => fits(path, mark, isNew))) return;
    await delay(1);
  }
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

function fits(path: string, mark: Mark, isNew: (run: string) => boolean): boolean {
  const run = path.slice(0, path.indexOf('/'));
  const rest = path.slice(run.length + 1);
  return isNew(run) === (mark.in === 'new run') && rest.startsWith(mark.begins);
}

/** `RUN/` and `RUN/FILE` of all that is there, with `RUN/attempts/ID` where one has begun. */
function marksIn(runsDir: string): Set<string> {
  const marks = new Set<string>();
  for (const run of namesIn(runsDir)) {
    marks.add(`${run}/`);
    for (const name of namesIn(join(runsDir, run))) marks.add(`${run}/${name}`);
    for (const name of namesIn(join(runsDir, run, 'attempts'))) {
      marks.add(`${run}/attempts/${name}`);
    }
  }
  return marks;
}

/** None where it is gone by now, or no directory. */
function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}
