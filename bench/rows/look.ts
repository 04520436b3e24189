import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { HangLooksTaken } from '../look-worker.ts';
import type { Bench, BenchContext, BenchResult, BenchRow } from '../row.ts';
import { spreadOf } from '../statistics.ts';

const SIZES = [5, 50, 500];
const ROUNDS = 5;
const LOOKS = 4;

/** Of a small tree, from the beginning of the look on. */
const GOAL_MS = 250;
const SMALL = 50;

/** How long it takes to prove that a tree hangs, by its size. */
export const lookBench: Bench = {
  name: 'look',
  title: `A proof that a tree of ${SIZES.join(', ')} processes hangs`,
  run(context): Promise<BenchResult> {
    const rounds = context.rounds(ROUNDS);
    const taken = new Map<number, HangLooksTaken[]>(SIZES.map((size) => [size, []]));
    for (let round = 1; round <= rounds; round += 1) {
      for (const size of SIZES) taken.get(size)?.push(lookAtTree(size, context, round));
    }
    return Promise.resolve({
      kind: 'measured',
      how: `A shell and its \`cat\`, all of which read a pipe that nobody else could write to, are looked at from outside ${LOOKS} times by a process of its own, each size ${rounds} times. Between the two samples of a look 120 ms pass by themselves. The first look meets cold code, as that of \`pindown hang PID\` does; memory is the most that was resident, Node included.`,
      rows: SIZES.flatMap((size) => rowsOf(size, taken.get(size) ?? [])),
    });
  },
};

function rowsOf(size: number, taken: readonly HangLooksTaken[]): BenchRow[] {
  const firsts = taken.flatMap(({ looks }) => looks.slice(0, 1));
  const later = taken.flatMap(({ looks }) => looks.slice(1));
  const goal = size <= SMALL ? GOAL_MS : null;
  const of = `of ${size}`;
  return [
    { name: `first look, ${of}`, ...spreadOf(firsts.map(rounded('wallMs'))), goal, unit: 'ms' },
    { name: `later look, ${of}`, ...spreadOf(later.map(rounded('wallMs'))), goal, unit: 'ms' },
    { name: `CPU, ${of}`, ...spreadOf(later.map(rounded('cpuMs'))), goal: null, unit: 'ms' },
    {
      name: `memory, ${of}`,
      ...spreadOf(taken.map(({ peakMib }) => peakMib)),
      goal: null,
      unit: 'MiB',
    },
  ];
}

function rounded(key: 'wallMs' | 'cpuMs'): (look: HangLooksTaken['looks'][number]) => number {
  return (look) => Math.round(look[key]);
}

function lookAtTree(size: number, context: BenchContext, round: number): HangLooksTaken {
  const worker = join(import.meta.dirname, '..', 'look-worker.ts');
  const argv = [worker, String(size), String(LOOKS)];
  const output = execFileSync(process.execPath, argv, { env: context.env, encoding: 'utf8' });
  const taken = JSON.parse(output) as HangLooksTaken;
  context.say(
    `round ${round}, ${size} processes: ${taken.looks.map(rounded('wallMs')).join(', ')} ms`,
  );
  if (taken.looks.some(({ found, proven }) => found !== size || !proven)) {
    throw new Error(`not all ${size} were found, or nothing was proven: ${output}`);
  }
  return taken;
}
