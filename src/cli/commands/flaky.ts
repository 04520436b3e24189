import type { Flake } from '../../history/history.ts';
import { counted } from '../../report/counted.ts';
import { type Theme, theme } from '../../report/terminal/theme.ts';
import { type Command, defineCommand } from '../command.ts';
import { align } from '../history/align.ts';
import { readHistory } from '../history/read-history.ts';
import { whenText } from '../history/words.ts';

const DEFAULT_RUNS = 50;
const DEFAULT_LIMIT = 20;

const OPTIONS = {
  runs: {
    kind: 'integer',
    placeholder: 'N',
    min: 1,
    summary: 'look back over so many runs',
    default: String(DEFAULT_RUNS),
  },
  limit: {
    kind: 'integer',
    short: 'n',
    placeholder: 'N',
    min: 1,
    summary: 'list so many of them',
    default: String(DEFAULT_LIMIT),
  },
  json: { kind: 'boolean', summary: 'print JSON, with every unit and test' },
} as const;

export const flakyCommand: Command = defineCommand({
  name: 'flaky',
  summary: 'rank what failed and passed within one run',
  usage: ['flaky [--runs N] [--limit N] [--json]'],
  description: [
    'Ranks the tests that failed and passed within one run, and the units of which no single test explains it. The rate is the part of the runs in which that happened; beside it stands its 95 % confidence interval (Wilson), since three runs tell little. What is surest to be flaky comes first: the order is by the lower end of the interval.',
    'For each, two commands print the output of an attempt that failed and of one that passed in the same run; one command its whole report where the framework itself tried it again.',
  ],
  positionals: { min: 0, max: 0 },
  takesRest: false,
  options: OPTIONS,
  examples: [
    { command: 'pindown flaky', explains: `what was flaky in the last ${DEFAULT_RUNS} runs` },
    { command: 'pindown flaky --runs 500 --json', explains: 'all of a long history, for a script' },
  ],
  async run({ options }, io) {
    const runs = options.runs ?? DEFAULT_RUNS;
    const flakes = await readHistory(io, ({ history }) => history.flaky({ runs }));
    await io.print(
      options.json === true
        ? `${JSON.stringify({ schemaVersion: 1, runs, flaky: flakes }, null, 2)}\n`
        : ranking(flakes, { runs, limit: options.limit ?? DEFAULT_LIMIT }, theme(io.stdout)),
    );
    return 0;
  },
});

function ranking(
  flakes: readonly Flake[],
  { runs, limit }: { readonly runs: number; readonly limit: number },
  look: Theme,
): string {
  const told = flakes.filter((flake) => !isExplained(flake, flakes));
  if (told.length === 0) return `Nothing was flaky in the last ${counted(runs, 'run')}.\n`;
  const shown = told.slice(0, limit);
  const head = ['rate', '95 %', 'flaky runs', 'failed', 'last seen', 'run', 'what'];
  const [headLine = '', ...lines] = align([head, ...shown.map(row)], [0, 1, 2, 3, 5], look);
  const text = [
    headLine,
    ...shown.flatMap((flake, index) => [
      lines[index] ?? '',
      ...commands(flake).map((line) => look.paint('dim', `    ${line}`)),
    ]),
  ];
  if (told.length > shown.length) {
    text.push(`${look.ellipsis} and ${told.length - shown.length} more: --limit ${told.length}`);
  }
  return `${text.join('\n')}\n`;
}

function commands({ failingAttempt, passingAttempt }: Flake): string[] {
  // Where its framework tried it again, only the report tells its tries apart.
  if (failingAttempt === passingAttempt) {
    return [`failed, then passed in the same attempt: pindown show ${failingAttempt}`];
  }
  return [
    `failed: pindown show ${failingAttempt} --output`,
    `passed: pindown show ${passingAttempt} --output`,
  ];
}

function row(flake: Flake): string[] {
  const { rate, interval, flakyRuns, runs, failures, attempts, lastSeen, unit, test } = flake;
  return [
    percent(rate),
    `${percent(interval.low)} to ${percent(interval.high)}`,
    `${flakyRuns} of ${runs}`,
    `${failures} of ${attempts}`,
    whenText(lastSeen.startedAt),
    String(lastSeen.number),
    test === null ? unit.path : `${unit.path} > ${testName(test)}`,
  ];
}

/** A unit that was flaky no more often than one of its tests: that one is shown. */
function isExplained(flake: Flake, flakes: readonly Flake[]): boolean {
  return (
    flake.test === null &&
    flakes.some(
      ({ unit, test, flakyRuns }) =>
        test !== null && unit.id === flake.unit.id && flakyRuns >= flake.flakyRuns,
    )
  );
}

function testName({ name, occurrence }: { name: string; occurrence: number }): string {
  return occurrence === 1 ? name : `${name} [${occurrence}]`;
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(rate > 0 && rate < 0.1 ? 1 : 0)} %`;
}
