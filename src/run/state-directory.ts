import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeFault, environmentError } from '../core/errors.ts';
import { headOf } from '../core/file-ends.ts';
import { uuidv7, uuidv7Time } from '../core/ids.ts';

/** Where Pindown keeps its state: `.pindown/` at the project's root. */
export interface StateDirectory {
  readonly dir: string;
  readonly historyFile: string;
  /** One directory a run, named by its id. */
  readonly runsDir: string;
  /** What was seen of programs that hung where there was no run yet. */
  readonly hangsDir: string;
}

export function stateDirectory(projectRoot: string): StateDirectory {
  const dir = join(projectRoot, '.pindown');
  return {
    dir,
    historyFile: join(dir, 'history.sqlite'),
    runsDir: join(dir, 'runs'),
    hangsDir: join(dir, 'hangs'),
  };
}

/**
 * Makes the state directory, with a `.gitignore` of its own so that no project has to name it.
 *
 * @throws PindownError `state-unwritable` where it can't be made
 */
export function prepareStateDirectory(state: StateDirectory): void {
  try {
    mkdirSync(state.runsDir, { recursive: true });
    const ignore = join(state.dir, '.gitignore');
    // An empty one: whoever made it was killed before it had written it.
    if ((statSync(ignore, { throwIfNoEntry: false })?.size ?? 0) === 0)
      writeFileSync(ignore, '*\n');
  } catch (error) {
    throw stateUnwritable(state.dir, error);
  }
}

/** The last moment that an id of ours may say it was made; what is later is no one's clock. */
const LATEST = Date.UTC(9999, 0);

/**
 * The id of a new run, later than those of all runs there are: the oldest are removed in the order
 * of their ids, and the clock may have been set back since they were made.
 */
export function newRunId(state: StateDirectory): string {
  const newest = listRuns(state).at(-1);
  const after = newest === undefined ? 0 : uuidv7Time(newest) + 1;
  return uuidv7(Math.max(Date.now(), Math.min(after, LATEST)));
}

/** What the user is told where state can't be written. */
export function stateUnwritable(dir: string, error: unknown): Error {
  return environmentError(
    'state-unwritable',
    `Pindown can't write its state into ${dir}: ${describeFault(error)}.`,
    'Every attempt keeps its output there, so nothing was run. Make the directory writable, free disk space, or run Pindown in a copy of the project that is.',
    error,
  );
}

/** The ids of all runs there are, oldest first (UUIDv7 sorts by time). */
export function listRuns(state: StateDirectory): string[] {
  if (!existsSync(state.runsDir)) return [];
  return readdirSync(state.runsDir)
    .filter((name) => RUN_ID.test(name))
    .sort();
}

const RUN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The highest number that a run's own record shows; 0 where there is none. */
export function highestRunNumber(state: StateDirectory): number {
  return listRuns(state).reduce((highest, id) => Math.max(highest, runNumber(state, id)), 0);
}

/** The head of `events.ndjson` holds the number, whatever became of the run. */
function runNumber(state: StateDirectory, id: string): number {
  const events = join(state.runsDir, id, 'events.ndjson');
  const head = existsSync(events) ? headOf(events, HEAD_BYTES).toString() : '';
  return Number(/"number":(\d+)/.exec(head)?.[1] ?? 0);
}

const HEAD_BYTES = 512;
