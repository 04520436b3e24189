import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLines } from '../../src/core/lines.ts';
import { measure } from '../measure.ts';
import { emptyUnits } from '../project.ts';
import type { Bench, BenchContext, BenchResult, BenchRow } from '../row.ts';
import { type Spread, spreadOf } from '../statistics.ts';

const SIZES = [1_250, 2_500, 5_000, 10_000];
/** Runs of each size, in one project: all but the first plan by a history. */
const RUNS = 3;
const MEMORY_GOAL_MB = 150;
/** How much longer a step may take for each unit of the largest run than of the smallest. */
const GROWTH_GOAL = 1.1;

/** The steps of a run, in order; each ends where the next one begins. */
const STEPS = ['start, list and plan', 'enter the plan', 'run', 'close the reports'] as const;

type Step = (typeof STEPS)[number];

interface Sample {
  readonly peakMb: number;
  /** Of Pindown's own process, without its children; milliseconds. */
  readonly ownCpuMs: number;
  readonly stepsMs: Readonly<Record<Step, number>>;
  /** The time of the last quarter of the units over that of the first. */
  readonly lastQuarter: number;
}

/** Whether anything grows faster than the units do. */
export const manyBench: Bench = {
  name: 'many',
  title: 'Up to 10,000 units',
  async run(context): Promise<BenchResult> {
    const runs = context.rounds(RUNS);
    const bySize = new Map<number, Sample[]>();
    for (const size of SIZES) {
      const samples: Sample[] = [];
      for (let run = 1; run <= runs; run += 1) {
        const sample = await sampleOf(context, size);
        context.say(`${size} units, run ${run}: ${JSON.stringify(sample)}`);
        samples.push(sample);
      }
      bySize.set(size, samples);
    }
    return {
      kind: 'measured',
      how: `\`pindown run 'u/*' -- true {unit}\` with ${SIZES.map((size) => size.toLocaleString('en')).join(', ')} units, ${runs} runs of each size in one project, so that all but the first plan by a history; the steps' times are read off the run's own \`events.ndjson\`. Growth is the time a unit takes in the largest run over what it takes in the smallest: 1 where a step grows as the units do.`,
      rows: rowsOf(bySize),
    };
  },
};

function rowsOf(bySize: ReadonlyMap<number, readonly Sample[]>): BenchRow[] {
  const largest = SIZES.at(-1)!;
  const smallest = SIZES[0]!;
  const of = (size: number, figure: (sample: Sample) => number): Spread =>
    spreadOf(bySize.get(size)!.map(figure));
  const growth = (name: string, figure: (sample: Sample) => number): BenchRow => ({
    name: `growth of "${name}"`,
    value: of(largest, figure).value / largest / (of(smallest, figure).value / smallest),
    goal: GROWTH_GOAL,
    unit: 'times',
  });
  return [
    ...SIZES.map((size): BenchRow => ({
      name: `peak memory, ${size} units`,
      ...of(size, ({ peakMb }) => peakMb),
      goal: size === largest ? MEMORY_GOAL_MB : null,
      unit: 'MB',
    })),
    ...SIZES.map((size): BenchRow => ({
      name: `CPU of Pindown itself, ${size} units`,
      ...of(size, ({ ownCpuMs }) => ownCpuMs / size),
      goal: null,
      unit: 'ms a unit',
    })),
    growth('CPU of Pindown itself', ({ ownCpuMs }) => ownCpuMs),
    ...STEPS.flatMap((step) => [
      {
        name: `"${step}", ${largest} units`,
        ...of(largest, ({ stepsMs }) => stepsMs[step] / largest),
        goal: null,
        unit: 'ms a unit',
      },
      growth(step, ({ stepsMs }) => stepsMs[step]),
    ]),
    {
      name: `last quarter of ${largest} units against the first`,
      ...of(largest, ({ lastQuarter }) => lastQuarter),
      goal: GROWTH_GOAL,
      unit: 'times',
    },
  ];
}

async function sampleOf(context: BenchContext, size: number): Promise<Sample> {
  const cwd = emptyUnits(join(context.scratch, String(size)), size);
  const peakFile = join(cwd, 'peak.json');
  const preload = join(import.meta.dirname, '..', 'peak-memory.mjs');
  const command = ['run', 'u/*', '--workers', String(context.workers), '--', 'true', '{unit}'];
  const startedAt = Date.now();
  await measure(
    {
      argv: [process.execPath, '--import', preload, context.pindown, ...command],
      cwd,
      env: { ...context.env, PEAK_MEMORY_FILE: peakFile },
    },
    context.scratch,
  );
  const endedAt = Date.now();
  const { peakKb, cpuMs } = JSON.parse(readFileSync(peakFile, 'utf8')) as Record<string, number>;
  const marks = await marksOf(cwd);
  return {
    peakMb: peakKb! / 1_000,
    ownCpuMs: cpuMs!,
    stepsMs: {
      'start, list and plan': marks.runStarted - startedAt,
      'enter the plan': marks.firstAttempt - marks.runStarted,
      run: marks.runFinished - marks.firstAttempt,
      'close the reports': endedAt - marks.runFinished,
    },
    lastQuarter:
      (marks.finished[3]! - marks.finished[2]!) / (marks.finished[0]! - marks.firstAttempt),
  };
}

interface Marks {
  readonly runStarted: number;
  readonly firstAttempt: number;
  /** When each quarter of the units was finished. */
  readonly finished: readonly number[];
  readonly runFinished: number;
}

/** The times that matter of the newest run there. */
async function marksOf(project: string): Promise<Marks> {
  const runs = join(project, '.pindown', 'runs');
  const newest = readdirSync(runs).sort().at(-1)!;
  const times = new Map<string, number[]>();
  for await (const { text } of readLines(join(runs, newest, 'events.ndjson'))) {
    const { type, at } = JSON.parse(text) as { type: string; at: number };
    const known = times.get(type);
    if (known === undefined) times.set(type, [at]);
    else known.push(at);
  }
  const units = times.get('unit-finished') ?? [];
  return {
    runStarted: times.get('run-started')![0]!,
    firstAttempt: times.get('attempt-started')![0]!,
    finished: [1, 2, 3, 4].map((quarter) => units[Math.ceil((units.length * quarter) / 4) - 1]!),
    runFinished: times.get('run-finished')![0]!,
  };
}
