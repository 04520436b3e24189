import { UNIT_OUTCOMES } from '../../core/outcome.ts';
import type { RunRecord } from '../../history/history.ts';
import { formatDuration } from '../../report/duration.ts';
import { type Theme, theme } from '../../report/terminal/theme.ts';
import { type Command, defineCommand } from '../command.ts';
import { align, type Cell } from '../history/align.ts';
import { readHistory } from '../history/read-history.ts';
import { whenText } from '../history/words.ts';

const DEFAULT_LIMIT = 20;

const OPTIONS = {
  limit: {
    kind: 'integer',
    short: 'n',
    placeholder: 'N',
    min: 1,
    summary: 'list so many runs',
    default: String(DEFAULT_LIMIT),
  },
  json: { kind: 'boolean', summary: 'print JSON, with all that is known of each run' },
} as const;

export const historyCommand: Command = defineCommand({
  name: 'history',
  summary: 'list the latest runs',
  usage: ['history [--limit N] [--json]'],
  description: [
    'Lists the latest runs of this project, the latest first: number, start, exit status, duration, and how many units came to which outcome. Numbers are never used twice.',
  ],
  positionals: { min: 0, max: 0 },
  takesRest: false,
  options: OPTIONS,
  examples: [
    { command: 'pindown history', explains: 'the latest runs' },
    {
      command: 'pindown history --limit 1 --json',
      explains: 'the last run, for a script',
    },
  ],
  async run({ options }, io) {
    const runs = await readHistory(io, ({ history }) =>
      history.runs(options.limit ?? DEFAULT_LIMIT),
    );
    await io.print(
      options.json === true
        ? `${JSON.stringify({ schemaVersion: 1, runs: runs.map(asJson) }, null, 2)}\n`
        : table(runs, theme(io.stdout)),
    );
    return 0;
  },
});

/** A run as `report.json` has it, as far as the history knows it. */
function asJson({ info, end, counts }: RunRecord): unknown {
  return {
    ...info,
    finished: end !== null,
    durationMs: end?.durationMs ?? null,
    exitCode: end?.exitCode ?? null,
    stopped: end?.stopped ?? null,
    totals: end?.totals ?? null,
    counts,
  };
}

function table(runs: readonly RunRecord[], look: Theme): string {
  const head = ['run', 'started', 'exit', 'duration', 'units'];
  const rows = runs.map(({ info, end, counts }): Cell[] => [
    String(info.number),
    whenText(info.startedAt),
    end === null
      ? { text: '-', tone: 'dim' }
      : { text: String(end.exitCode), tone: end.exitCode === 0 ? 'good' : 'bad' },
    end === null ? { text: 'not finished', tone: 'warn' } : formatDuration(end.durationMs),
    countsText(counts),
  ]);
  return `${align([head, ...rows], [0, 2, 3], look).join('\n')}\n`;
}

function countsText(counts: RunRecord['counts']): string {
  const parts = UNIT_OUTCOMES.filter((outcome) => counts[outcome] > 0).map(
    (outcome) => `${counts[outcome]} ${outcome}`,
  );
  return parts.length === 0 ? 'none' : parts.join(', ');
}
