import { relative, resolve, sep } from 'node:path';
import { didYouMean } from '../../core/did-you-mean.ts';
import { usageError } from '../../core/errors.ts';
import { FRAMEWORK_NAMES } from '../../core/unit.ts';
import type { TripRecord } from '../../history/history.ts';
import { type SuspectedThing, suspectsOf } from '../../ledger/suspects.ts';
import { counted } from '../../report/counted.ts';
import { suspectsCommand as commandFor } from '../../report/suspects-command.ts';
import { theme } from '../../report/terminal/theme.ts';
import { type Command, defineCommand } from '../command.ts';
import { readHistory } from '../history/read-history.ts';
import type { Io } from '../io.ts';
import { describeRerun, describeThing, whatDecides } from '../suspects/describe.ts';
import { MOST_RERUNS, type Rerun, rerunSuspects } from '../suspects/rerun.ts';

const DEFAULT_RUNS = 50;
/** So many things are named where one has to be chosen. */
const MOST_NAMED = 5;

const OPTIONS = {
  rerun: { kind: 'boolean', summary: 'run each suspect alone until it happens again' },
  runs: {
    kind: 'integer',
    placeholder: 'N',
    min: 1,
    summary: 'look back over so many runs',
    default: String(DEFAULT_RUNS),
  },
  framework: {
    kind: 'enum',
    values: FRAMEWORK_NAMES,
    summary: 'with --rerun: use this framework, as pindown run does',
  },
  json: { kind: 'boolean', summary: 'print JSON, with every suspect' },
} as const;

export const suspectsCommand: Command = defineCommand({
  name: 'suspects',
  summary: 'rank who may have changed what changed around the suite',
  usage: [
    'suspects [WHAT] [--runs N] [--json]',
    'suspects [WHAT] --rerun [options] [-- COMMAND {unit}]',
  ],
  description: [
    'Lists what was changed around the suite while it ran (HEAD, the index, a tracked file, a port, a file in a shared directory), and for each the units that may be behind it. WHAT is its name as the run told it; without it all are listed, those of the suite itself first.',
    'Where several units ran at that moment, one run can not tell which it was. Over runs, the one behind it ran at all of these moments. The probability weighs that against how much of the time each unit runs anyway: one that always runs is no better a suspect than chance. Moments at which the same units ran count once, since a schedule that repeats itself tells nothing new; one moment in twenty may be laid at the wrong time, so that none rules a unit out. Beside it stand at how many moments the unit ran, the 95 % interval of that part (Wilson), and the part of all run time in which it ran. Where that does not decide, the verdict is "unknown"; runs in another order (--order random) tell more.',
    `--rerun decides it: each suspect runs alone in a run of its own, the likeliest first, at most ${MOST_RERUNS}, until it happens again. First everything that the change left must be as it was; if it is not, nothing is run, and what has to be put back is listed. Pindown never puts it back itself. Units of "pindown run GLOB -- COMMAND" need the same "-- COMMAND" here, from the same directory.`,
    'The exit status is 0 for a list. With --rerun it is 7 where the culprit is proven, 6 where something has to be put back, 4 where there is no suspect, and else the gravest of the runs.',
  ],
  positionals: { min: 0, max: 1 },
  takesRest: true,
  options: OPTIONS,
  examples: [
    { command: 'pindown suspects', explains: 'all that was changed, and who may be behind it' },
    { command: 'pindown suspects HEAD', explains: 'who may have checked out another branch' },
    {
      command: 'pindown suspects data.txt --rerun',
      explains: 'run each suspect alone until the file is changed again',
    },
    {
      command: 'pindown suspects HEAD --rerun -- sh {unit}',
      explains: 'the same for units that a command runs',
    },
  ],
  async run({ options, positionals, rest }, io) {
    const rerunning = options.rerun === true;
    if (!rerunning && (rest !== null || options.framework !== undefined)) {
      throw usageError(
        'rerun-only',
        `${rest === null ? '--framework' : 'A command after "--"'} means something only with --rerun.`,
        'Add --rerun, or leave it out.',
      );
    }
    const runs = options.runs ?? DEFAULT_RUNS;
    const { trips, exposures, root } = await readHistory(io, ({ history, root: top }) => ({
      trips: history.trips({ runs }),
      exposures: history.exposures({ runs }),
      root: top,
    }));
    const all = suspectsOf(trips, exposures);
    const [what] = positionals;
    const things = what === undefined ? all : named(what, all, { root, cwd: io.cwd, runs });
    const rerun = rerunning
      ? await rerunSuspects(
          theOne(things, runs),
          { framework: options.framework, command: rest, lastTrips: lastTrips(things, trips) },
          io,
        )
      : null;
    await io.print(
      options.json === true ? json(things, runs, rerun) : told(things, runs, rerun, io),
    );
    return rerun?.exitCode ?? 0;
  },
});

/** The things of that name; a path counts from the working directory, too. */
function named(
  what: string,
  all: readonly SuspectedThing[],
  { root, cwd, runs }: { readonly root: string; readonly cwd: string; readonly runs: number },
): readonly SuspectedThing[] {
  const fromRoot = relative(root, resolve(cwd, what)).split(sep).join('/');
  for (const name of [what, fromRoot]) {
    const found = all.filter((thing) => thing.what === name);
    if (found.length > 0) return found;
  }
  throw usageError(
    'unknown-what',
    `In the last ${counted(runs, 'run')} nothing called ${JSON.stringify(what)} was changed.`,
    didYouMean(
      what,
      all.map((thing) => thing.what),
    ) ?? 'What was changed is listed by: pindown suspects',
  );
}

function theOne(things: readonly SuspectedThing[], runs: number): SuspectedThing {
  const [thing, another] = things;
  if (thing === undefined) {
    throw usageError(
      'nothing-changed',
      `Nothing was changed around the suite in the last ${counted(runs, 'run')}: there is nobody to suspect.`,
    );
  }
  if (another === undefined) return thing;
  const shown = things.slice(0, MOST_NAMED).map(({ what }) => what);
  const more = things.length > shown.length ? ` and ${things.length - shown.length} more` : '';
  throw usageError(
    'several-things',
    `Several things were changed: ${shown.join(', ')}${more}.`,
    `Name the one to look into: ${commandFor(thing.what)} --rerun`,
  );
}

/** What else was changed in the run in which it was changed last: all of that must be as it was. */
function lastTrips(
  [thing]: readonly SuspectedThing[],
  trips: readonly TripRecord[],
): TripRecord['trip'][] {
  return trips.filter(({ run }) => run.id === thing?.lastSeen.id).map(({ trip }) => trip);
}

function told(
  things: readonly SuspectedThing[],
  runs: number,
  rerun: Rerun | null,
  io: Io,
): string {
  const look = theme(io.stdout);
  if (rerun !== null) return `${describeRerun(rerun, look)}\n`;
  if (things.length === 0) {
    return `Nothing was changed around the suite in the last ${counted(runs, 'run')}.\n`;
  }
  return `${things.map((thing) => describeThing(thing, look)).join('\n\n')}\n`;
}

function json(things: readonly SuspectedThing[], runs: number, rerun: Rerun | null): string {
  const described = things.map((thing) => ({ ...thing, decides: whatDecides(thing) }));
  return `${JSON.stringify({ schemaVersion: 1, runs, things: described, rerun }, null, 2)}\n`;
}
