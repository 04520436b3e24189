import { join } from 'node:path';
import { usageError } from '../../core/errors.ts';
import type { UnitRecord } from '../../history/history.ts';
import { outputPath } from '../../report/attempt-output.ts';
import { theme } from '../../report/terminal/theme.ts';
import { type Command, defineCommand } from '../command.ts';
import { type AttemptInPlace, attemptView } from '../history/attempt-view.ts';
import { copyOutput } from '../history/copy-output.ts';
import { findTarget } from '../history/find-target.ts';
import { readHistory } from '../history/read-history.ts';
import { unitView } from '../history/unit-view.ts';
import { wholeAttempt } from '../history/whole-attempt.ts';
import type { Io } from '../io.ts';

const DEFAULT_LIMIT = 10;

const OPTIONS = {
  limit: {
    kind: 'integer',
    short: 'n',
    placeholder: 'N',
    min: 1,
    summary: 'of a unit: show so many of its latest results',
    default: String(DEFAULT_LIMIT),
  },
  output: {
    kind: 'boolean',
    short: 'o',
    summary:
      'of an attempt: print what it printed and nothing else, stdout to stdout, stderr to stderr',
  },
  json: { kind: 'boolean', summary: 'print JSON' },
} as const;

export const showCommand: Command = defineCommand({
  name: 'show',
  summary: 'show a unit over its runs, or one attempt with its output',
  usage: ['show UNIT [--limit N] [--json]', 'show ATTEMPT [--output] [--json]'],
  description: [
    'Given a unit (its path or its id), shows what its latest attempts came to. Given an attempt (its id, or as much of it as no other begins with), shows its whole report: what decided its outcome, its tests, what stayed behind, its evidence and the end of what it printed.',
  ],
  positionals: { min: 1, max: 1 },
  takesRest: false,
  options: OPTIONS,
  examples: [
    { command: 'pindown show test/cart.test.js', explains: 'a test file over its latest runs' },
    { command: 'pindown show 01a1fc96-64e0-7005', explains: 'one attempt' },
    {
      command: 'pindown show 01a1fc96-64e0-7005 --output > failed.txt',
      explains: 'all that it printed, to compare with another one',
    },
  ],
  async run({ options, positionals: [name = ''] }, io) {
    await readHistory(io, async ({ history, state, root }) => {
      const limit = options.limit ?? DEFAULT_LIMIT;
      const target = findTarget(history, name, { root, cwd: io.cwd, limit });
      if (target.kind === 'units') {
        if (options.output === true) throw needsAttempt(name, target.records);
        await io.print(
          options.json === true
            ? json({ results: target.records })
            : unitView(target.records, theme(io.stdout)),
        );
        return;
      }
      const { run, unit } = target;
      const runDir = join(state.runsDir, run.id);
      const attempt = (await wholeAttempt(runDir, target.attempt.id)) ?? target.attempt;
      await showAttempt({ run, unit, attempt, runDir, root }, options, io);
    });
    return 0;
  },
});

async function showAttempt(
  place: AttemptInPlace,
  options: { readonly output: boolean | undefined; readonly json: boolean | undefined },
  io: Io,
): Promise<void> {
  if (options.output === true) {
    await copyOutput(place, io);
  } else if (options.json === true) {
    const { run, unit, attempt, runDir } = place;
    const [stdout, stderr] = [outputPath(attempt, 'stdout'), outputPath(attempt, 'stderr')];
    await io.print(json({ run, unit, attempt, directory: runDir, output: { stdout, stderr } }));
  } else {
    await io.print(attemptView(place, theme(io.stdout)));
  }
}

function needsAttempt(name: string, records: readonly UnitRecord[]): Error {
  const ids = records[0]?.unit.attempts.map(({ id }) => `pindown show ${id} --output`) ?? [];
  return usageError(
    'output-of-unit',
    `--output needs an attempt, and ${name} is a unit.`,
    `Of its last run: ${ids.join(', ')}`,
  );
}

function json(content: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ schemaVersion: 1, ...content }, null, 2)}\n`;
}
