import { join } from 'node:path';
import type { Command } from '../measure.ts';
import { emptyUnits } from '../project.ts';
import type { Bench, BenchContext, BenchResult } from '../row.ts';
import { sideBySide } from '../side-by-side.ts';
import { spreadOfPairs } from '../statistics.ts';

const UNITS = 500;
const ROUNDS = 7;
/** What an attempt may cost beyond its process, milliseconds of CPU. */
const CPU_GOAL_MS = 3;

/** What an attempt costs: the smallest program there is, against the smallest runner there is. */
export const trueBench: Bench = {
  name: 'true',
  title: `${UNITS} units of \`true\` against \`xargs -P\``,
  async run(context): Promise<BenchResult> {
    const { workers, env } = context;
    const rounds = context.rounds(ROUNDS);
    const { ours, theirs } = await sideBySide(
      {
        ours: (round) => pindown(context, round),
        theirs: (round) => ({
          argv: ['xargs', '-P', String(workers), '-n', '1', 'true'],
          cwd: project(context, round),
          env,
          stdin: join(project(context, round), 'list'),
        }),
      },
      { ...context, rounds },
    );
    const pairs = (figure: (a: (typeof ours)[0], b: (typeof theirs)[0]) => number) =>
      spreadOfPairs(ours, theirs, figure);
    return {
      kind: 'measured',
      how: `\`pindown run 'u/*' -- true {unit}\` and \`xargs -P ${workers} -n 1 true\`, each ${rounds} times after one that is not counted, ${workers} workers both; CPU is user and system time of the whole process tree.`,
      rows: [
        {
          name: 'CPU over that of xargs',
          ...pairs((a, b) => (a.cpuMs - b.cpuMs) / UNITS),
          goal: CPU_GOAL_MS,
          unit: 'ms a unit',
        },
        { name: 'CPU', ...pairs((a, b) => a.cpuMs / b.cpuMs), goal: null, unit: 'times xargs' },
        { name: 'wall', ...pairs((a, b) => a.wallMs / b.wallMs), goal: null, unit: 'times xargs' },
      ],
    };
  },
};

/** A project of its own for each round, so that no run prunes what an earlier one left. */
function project({ scratch }: BenchContext, round: number): string {
  return join(scratch, String(round));
}

function pindown(context: BenchContext, round: number): Command {
  return {
    argv: [
      process.execPath,
      context.pindown,
      'run',
      'u/*',
      '--workers',
      String(context.workers),
      '--',
      'true',
      '{unit}',
    ],
    cwd: emptyUnits(project(context, round), UNITS),
    env: context.env,
  };
}
