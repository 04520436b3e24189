import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Starts, Way } from '../etxtbsy-worker.ts';
import type { Bench, BenchRow } from '../row.ts';
import { spreadOf } from '../statistics.ts';

const THREADS = 16;
/** Programs that each thread writes and starts in a round. */
const EACH = 20;
const ROUNDS = 3;

const NAMES: Readonly<Record<Way, string>> = {
  written: 'writeFileSync, spawnSync',
  'written, retried': 'writeFileSync, retryEtxtbsySync(spawnSync)',
  installed: 'installExecutable, spawnSync',
};

const WAYS = Object.keys(NAMES) as Way[];

/** How often a program that was just written is refused, and what the cures cost. */
export const etxtbsyBench: Bench = {
  name: 'etxtbsy',
  title: 'Programs written and started by 16 threads at once',
  async run(context) {
    const rounds = context.rounds(ROUNDS);
    const samples = new Map<Way, Round[]>(WAYS.map((way) => [way, []]));
    for (let round = 1; round <= rounds; round += 1) {
      for (const way of WAYS) {
        const sample = await roundOf(context.scratch, way);
        context.say(`round ${round}, ${way}: ${JSON.stringify(sample)}`);
        samples.get(way)?.push(sample);
      }
    }
    return {
      kind: 'measured',
      how: `${THREADS} threads of one process each write ${EACH} new programs of 3 MB and start each at once; ${rounds} rounds of each way in turn. Refused is what ended with \`ETXTBSY\`; the time is a thread's for a program, writing and starting it. \`installExecutable\` starts one process more for each, and syncs file and directory to the disk, which writeFileSync does not.`,
      rows: WAYS.flatMap((way) => rowsOf(way, samples.get(way) ?? [])),
    };
  },
};

interface Round {
  readonly refusedPercent: number;
  /** Milliseconds that a thread took for a program. */
  readonly eachMs: number;
}

function rowsOf(way: Way, rounds: readonly Round[]): BenchRow[] {
  const name = NAMES[way];
  const goal = way === 'written' ? null : 0;
  const refused = spreadOf(rounds.map(({ refusedPercent }) => refusedPercent));
  const took = spreadOf(rounds.map(({ eachMs }) => eachMs));
  return [
    { name: `refused: ${name}`, ...refused, goal, unit: '% of the starts' },
    { name: `time: ${name}`, ...took, goal: null, unit: 'ms a program' },
  ];
}

async function roundOf(scratch: string, way: Way): Promise<Round> {
  const all = await Promise.all(Array.from({ length: THREADS }, () => startsOf(scratch, way)));
  const sum = (figure: (starts: Starts) => number): number =>
    all.reduce((total, starts) => total + figure(starts), 0);
  const count = sum(({ busy, started }) => busy + started);
  return {
    refusedPercent: (sum(({ busy }) => busy) / count) * 100,
    eachMs: sum(({ tookMs }) => tookMs) / count,
  };
}

/** A thread that throws is an `error` event, which `once` rejects with. */
async function startsOf(scratch: string, way: Way): Promise<Starts> {
  const dir = mkdtempSync(join(scratch, 'thread-'));
  const worker = new Worker(new URL('../etxtbsy-worker.ts', import.meta.url), {
    workerData: { dir, way, count: EACH },
  });
  const [starts] = (await once(worker, 'message')) as [Starts];
  return starts;
}
