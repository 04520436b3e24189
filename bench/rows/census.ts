import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Tier, TIERS } from '../../src/core/run.ts';
import type { CensusLook } from '../census-worker.ts';
import type { Bench, BenchContext, BenchResult, BenchRow } from '../row.ts';
import { spreadOf } from '../statistics.ts';

const PROCESSES = 500;
const ROUNDS = 5;
const LOOKS = 20;
const GOAL_MS = 20;

/** What it costs to look for the processes of an attempt that has many. */
export const censusBench: Bench = {
  name: 'census',
  title: `A census of an attempt of ${PROCESSES} processes`,
  run(context): Promise<BenchResult> {
    const rounds = context.rounds(ROUNDS);
    const looks = new Map<Tier, CensusLook[]>(TIERS.map((tier) => [tier, []]));
    for (let round = 1; round <= rounds; round += 1) {
      for (const tier of TIERS) looks.get(tier)?.push(...looksIn(tier, context, round));
    }
    return Promise.resolve({
      kind: 'measured',
      how: `One attempt with a shell and its ${PROCESSES - 1} \`sleep\`; all of its processes are looked for ${LOOKS} times in a row, each tier ${rounds} times, one after the other in each round. CPU is that of Pindown's own process.`,
      rows: TIERS.flatMap((tier) => rowsOf(tier, looks.get(tier) ?? [])),
    });
  },
};

function rowsOf(tier: Tier, looks: readonly CensusLook[]): BenchRow[] {
  if (looks.length === 0) return [];
  const wall = { ...spreadOf(looks.map(({ wallMs }) => wallMs)), goal: null, unit: 'ms' };
  const cpu = { ...spreadOf(looks.map(({ cpuMs }) => cpuMs)), goal: GOAL_MS, unit: 'ms' };
  return [
    { name: `CPU, \`${tier}\``, ...cpu },
    { name: `wall, \`${tier}\``, ...wall },
  ];
}

/** None where the tier is not to be had here. */
function looksIn(tier: Tier, context: BenchContext, round: number): readonly CensusLook[] {
  const { scratch, env } = context;
  const dir = join(scratch, `${tier}-${round}`);
  mkdirSync(dir);
  const worker = join(import.meta.dirname, '..', 'census-worker.ts');
  const argv = [worker, tier, String(LOOKS), dir];
  const output = execFileSync(process.execPath, argv, { env, encoding: 'utf8' });
  const { tier: had, samples } = JSON.parse(output) as { tier: Tier; samples: CensusLook[] };
  context.say(
    `round ${round}, ${tier}: median ${spreadOf(samples.map(({ wallMs }) => wallMs)).value} ms`,
  );
  if (samples.some(({ found }) => found !== PROCESSES)) {
    throw new Error(`${tier}: not all ${PROCESSES} were found: ${JSON.stringify(samples)}`);
  }
  return had === tier ? samples : [];
}
