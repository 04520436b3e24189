import type { Bench, BenchResult } from '../row.ts';
import { sideBySide } from '../side-by-side.ts';
import { spreadOfPairs } from '../statistics.ts';

const ROUNDS = 15;
const GOAL_MS = 80;

/** What it takes until Pindown does anything at all. */
export const startBench: Bench = {
  name: 'start',
  title: '`pindown --version` against `node -e 0`',
  async run(context): Promise<BenchResult> {
    const { pindown, scratch: cwd, env } = context;
    const rounds = context.rounds(ROUNDS);
    const { ours, theirs } = await sideBySide(
      {
        ours: () => ({ argv: [process.execPath, pindown, '--version'], cwd, env }),
        theirs: () => ({ argv: [process.execPath, '-e', '0'], cwd, env }),
      },
      { ...context, rounds },
    );
    return {
      kind: 'measured',
      how: `Each ${rounds} times after one that is not counted.`,
      rows: [
        {
          name: 'wall over that of `node -e 0`',
          ...spreadOfPairs(ours, theirs, (a, b) => a.wallMs - b.wallMs),
          goal: GOAL_MS,
          unit: 'ms',
        },
        {
          name: 'CPU',
          ...spreadOfPairs(ours, theirs, (a, b) => a.cpuMs / b.cpuMs),
          goal: null,
          unit: 'times `node -e 0`',
        },
      ],
    };
  },
};
