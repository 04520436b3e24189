import { join } from 'node:path';
import { type Tier, TIERS } from '../../src/core/run.ts';
import type { Command, Measured } from '../measure.ts';
import { emptyUnits } from '../project.ts';
import type { Bench, BenchContext, BenchResult, BenchRow } from '../row.ts';
import { sideBySide } from '../side-by-side.ts';
import { spreadOfPairs } from '../statistics.ts';

const UNITS = 500;
const ROUNDS = 9;
/** What an attempt may cost in a stronger tier beyond what it costs in the weakest, CPU. */
const GOAL_MS = 2;

/** What it costs to hold an attempt's processes more strongly. */
export const tiersBench: Bench = {
  name: 'tiers',
  title: 'Holding an attempt: each tier against `group`',
  async run(context): Promise<BenchResult> {
    const rounds = context.rounds(ROUNDS);
    const measured = await sideBySide(
      {
        cgroup: (round) => pindown(context, 'cgroup', round),
        subreaper: (round) => pindown(context, 'subreaper', round),
        group: (round) => pindown(context, 'group', round),
      },
      { ...context, rounds },
    );
    const stronger = TIERS.filter((tier) => tier !== 'group');
    return {
      kind: 'measured',
      how: `\`pindown run --tier TIER 'u/*' -- true {unit}\` with ${UNITS} units on ${context.workers} workers, each tier ${rounds} times after one that is not counted, one after the other in each round; CPU is user and system time of the whole process tree. Where a tier is not to be had, the next weaker one was measured.`,
      rows: stronger.flatMap((tier) => rowsOf(tier, measured[tier], measured.group)),
    };
  },
};

function rowsOf(tier: Tier, theirs: readonly Measured[], weakest: readonly Measured[]): BenchRow[] {
  return [
    {
      name: `CPU of \`${tier}\` over \`group\``,
      ...spreadOfPairs(theirs, weakest, (a, b) => (a.cpuMs - b.cpuMs) / UNITS),
      goal: GOAL_MS,
      unit: 'ms an attempt',
    },
    {
      name: `CPU of \`${tier}\``,
      ...spreadOfPairs(theirs, weakest, (a, b) => a.cpuMs / b.cpuMs),
      goal: null,
      unit: 'times `group`',
    },
    {
      name: `wall of \`${tier}\``,
      ...spreadOfPairs(theirs, weakest, (a, b) => a.wallMs / b.wallMs),
      goal: null,
      unit: 'times `group`',
    },
  ];
}

/** A project of its own for each round, so that no run prunes what an earlier one left. */
function pindown(
  { scratch, pindown: bin, workers, env }: BenchContext,
  tier: Tier,
  round: number,
): Command {
  const options = ['--tier', tier, '--workers', String(workers), '--', 'true', '{unit}'];
  return {
    argv: [process.execPath, bin, 'run', 'u/*', ...options],
    cwd: emptyUnits(join(scratch, `${tier}-${round}`), UNITS),
    env,
  };
}
