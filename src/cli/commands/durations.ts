import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { findProjectRoot } from '../../config/project-root.ts';
import { systemClock } from '../../core/clock.ts';
import { didYouMean } from '../../core/did-you-mean.ts';
import { describeFault, environmentError, remedyFor, usageError } from '../../core/errors.ts';
import type { History } from '../../history/history.ts';
import { openHistory } from '../../history/sqlite/open.ts';
import { formatDurations, parseDurations } from '../../plan/durations-file.ts';
import {
  highestRunNumber,
  prepareStateDirectory,
  stateDirectory,
} from '../../run/state-directory.ts';
import { type Command, defineCommand } from '../command.ts';
import type { Io } from '../io.ts';

const ACTIONS = ['export', 'import'];

export const durationsCommand: Command = defineCommand({
  name: 'durations',
  summary: 'carry past durations to another machine, such as CI',
  usage: ['durations export FILE', 'durations import FILE…'],
  description: [
    'A run starts the longest units first, and --shard splits by duration. Both need to know how long units took: that is in the history of the machine that ran them. "export" writes it to a file, to be committed or cached; "import" reads one or several into the history of this machine.',
    'Shards agree on the split only if they see the same durations, so a run with --shard goes by imported ones alone: give every shard the same file. Without one, every unit counts the same.',
    'Importing a file again replaces what it gave before. The file "-" is standard output and standard input.',
  ],
  positionals: { min: 2, max: Infinity },
  takesRest: false,
  options: {},
  examples: [
    { command: 'pindown durations export durations.json', explains: 'write what is known here' },
    { command: 'pindown durations import durations.json', explains: 'read it in on every shard' },
  ],
  async run({ positionals: [action, ...files] }, io) {
    const [file, ...more] = files;
    if (action === 'import') return importFiles(files, io);
    if (action === 'export' && file !== undefined && more.length === 0)
      return await exportTo(file, io);
    throw usageError(
      'bad-durations-usage',
      action === 'export'
        ? `pindown durations export takes one file, got ${files.length}.`
        : `Expected pindown durations export or import, got ${JSON.stringify(action)}.`,
      action === 'export' ? undefined : didYouMean(action ?? '', ACTIONS),
    );
  },
});

async function exportTo(file: string, io: Io): Promise<number> {
  const durations = withHistory(
    io,
    // What was measured here is nearer to the truth than what came from elsewhere.
    (history) => new Map([...history.importedDurations(), ...history.durations()]),
  );
  const text = formatDurations(durations, systemClock.wall());
  if (file === '-') {
    await io.print(text);
    return 0;
  }
  try {
    writeFileSync(resolve(io.cwd, file), text);
  } catch (error) {
    throw environmentError(
      'export-failed',
      `The durations could not be written to ${file}: ${describeFault(error)}.`,
      remedyFor(error),
      error,
    );
  }
  io.stderr.write(`${countOf(durations.size)} written to ${file}\n`);
  return 0;
}

function importFiles(files: readonly string[], io: Io): number {
  // All are read before any is taken in: a bad one leaves the history as it was.
  const read = files.map((file) => ({ file, durations: parseDurations(readText(file, io), file) }));
  withHistory(io, (history) => {
    for (const { file, durations } of read) {
      history.importDurations(file === '-' ? file : resolve(io.cwd, file), durations);
    }
  });
  for (const { file, durations } of read) {
    io.stderr.write(`${countOf(durations.size)} read from ${file}\n`);
  }
  return 0;
}

function readText(file: string, io: Io): string {
  try {
    return readFileSync(file === '-' ? 0 : resolve(io.cwd, file), 'utf8');
  } catch (error) {
    throw usageError(
      'durations-unreadable',
      `${file} can't be read: ${describeFault(error)}.`,
      "Write it with 'pindown durations export FILE' where the durations are known.",
      error,
    );
  }
}

function countOf(units: number): string {
  return units === 1 ? 'the durations of 1 unit' : `the durations of ${units} units`;
}

/** Opens the project's history; without it there is nothing to be done here. */
function withHistory<T>(io: Io, use: (history: History) => T): T {
  const state = stateDirectory(findProjectRoot(io.cwd));
  prepareStateDirectory(state);
  const opened = openHistory(state.historyFile, {
    minimumNumber: () => highestRunNumber(state) + 1,
  });
  if (opened.kind === 'unavailable') throw opened.error;
  if (opened.setAside !== null) {
    const { reason, file } = opened.setAside;
    io.stderr.write(`The history was damaged (${reason}) and was set aside as ${file}.\n`);
  }
  try {
    return use(opened.history);
  } finally {
    opened.history.close();
  }
}
