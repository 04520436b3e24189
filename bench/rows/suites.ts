import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameworkName } from '../../src/core/unit.ts';
import { type Command, type Measured, measure } from '../measure.ts';
import type { Bench, BenchContext, BenchResult, BenchRow } from '../row.ts';
import { sideBySide } from '../side-by-side.ts';
import { spreadOfPairs } from '../statistics.ts';

const ROUNDS = 5;
/** What a red suite ends with, under Pindown and under all of the frameworks. */
const ALLOWED = [0, 1];

/** A framework's own command, in the words of the table. */
interface Own {
  readonly label: string;
  readonly argv: readonly [string, ...string[]];
  readonly goal: number | null;
}

interface SuiteBench {
  readonly name: FrameworkName;
  readonly title: string;
  /** The environment variable with the path of a real suite. */
  readonly variable: string;
  /** @param files what the variable `<variable>_FILES` names; all that the framework finds if empty */
  own(dir: string, files: readonly string[], workers: number): readonly Own[];
}

const SUITES: readonly SuiteBench[] = [
  {
    name: 'node-test',
    title: 'A suite of node:test',
    variable: 'PINDOWN_BENCH_NODE_TEST',
    own: (_dir, files, workers) => [
      { label: 'node --test', argv: [process.execPath, '--test', ...files], goal: 0.95 },
      {
        label: `node --test --test-concurrency=${workers}`,
        argv: [process.execPath, '--test', `--test-concurrency=${workers}`, ...files],
        goal: 0.95,
      },
    ],
  },
  {
    name: 'vitest',
    title: 'A suite of Vitest',
    variable: 'PINDOWN_BENCH_VITEST',
    own: (dir, files) => [
      {
        label: 'vitest run',
        argv: [process.execPath, join(dir, 'node_modules/vitest/vitest.mjs'), 'run', ...files],
        goal: 1.03,
      },
    ],
  },
  {
    name: 'jest',
    title: 'A suite of Jest',
    variable: 'PINDOWN_BENCH_JEST',
    own: (dir, files) => [
      {
        label: 'jest',
        argv: [process.execPath, join(dir, 'node_modules/jest/bin/jest.js'), ...files],
        goal: 1.03,
      },
    ],
  },
  {
    name: 'pytest',
    title: 'A suite of pytest',
    variable: 'PINDOWN_BENCH_PYTEST',
    own: (_dir, files, workers) => [
      { label: 'pytest', argv: ['python', '-m', 'pytest', ...files], goal: 1.03 },
      {
        label: `pytest -n ${workers}`,
        argv: ['python', '-m', 'pytest', '-n', String(workers), ...files],
        goal: 1.03,
      },
    ],
  },
];

/** One benchmark for each framework: a real suite, under Pindown and under its own command. */
export const suiteBenches: readonly Bench[] = SUITES.map((suite) => ({
  name: suite.name,
  title: `${suite.title}, against its own command`,
  run: (context) => run(suite, context),
}));

async function run(suite: SuiteBench, context: BenchContext): Promise<BenchResult> {
  const dir = process.env[suite.variable];
  if (dir === undefined || !existsSync(dir)) {
    return {
      kind: 'skipped',
      because: `${suite.variable} ${dir === undefined ? 'is not set' : `names ${dir}, which is not there`}; see "Suites to prepare"`,
    };
  }
  const files = (process.env[`${suite.variable}_FILES`] ?? '')
    .split(' ')
    .filter((word) => word !== '');
  const env = {
    ...context.env,
    ...(suite.name === 'pytest' ? { PYTHONDONTWRITEBYTECODE: '1' } : {}),
  };
  const command = (argv: Command['argv']): Command => ({ argv, cwd: dir, env, allow: ALLOWED });
  const rows: BenchRow[] = [];
  const said: string[] = [];
  for (const { label, argv, goal } of suite.own(dir, files, context.workers)) {
    if (!(await works(command(argv), context))) {
      said.push(`\`${label}\` does not run here`);
      continue;
    }
    const { ours, theirs } = await sideBySide(
      { ours: () => command(pindown(suite.name, files, context)), theirs: () => command(argv) },
      { ...context, rounds: ROUNDS },
    );
    rows.push(...ratios(label, goal, ours, theirs));
    said.push(`exit statuses beside \`${label}\`: ${statuses(ours)}, its own: ${statuses(theirs)}`);
  }
  return rows.length === 0
    ? { kind: 'skipped', because: said.join('; ') }
    : {
        kind: 'measured',
        how: `\`pindown run\` with ${context.workers} workers and the framework's own command on the same files${files.length === 0 ? '' : ` (\`${files.join(' ')}\`)`}, each ${ROUNDS} times after one that is not counted; ${said.join('; ')}.`,
        rows,
      };
}

function pindown(
  framework: FrameworkName,
  files: readonly string[],
  { pindown: bin, workers }: BenchContext,
): Command['argv'] {
  const options = ['--framework', framework, '--workers', String(workers), '--retries', '0'];
  return [process.execPath, bin, 'run', ...files, ...options];
}

function ratios(
  label: string,
  goal: number | null,
  ours: readonly Measured[],
  theirs: readonly Measured[],
): BenchRow[] {
  const unit = `times \`${label}\``;
  return [
    { name: 'wall', ...spreadOfPairs(ours, theirs, (a, b) => a.wallMs / b.wallMs), goal, unit },
    { name: 'CPU', ...spreadOfPairs(ours, theirs, (a, b) => a.cpuMs / b.cpuMs), goal: null, unit },
  ];
}

/** Whether the framework's own command runs at all, such as `pytest -n` without its plugin. */
async function works(command: Command, context: BenchContext): Promise<boolean> {
  try {
    await measure(command, context.scratch);
    return true;
  } catch (error) {
    context.say(error instanceof Error ? error.message : String(error));
    return false;
  }
}

function statuses(samples: readonly Measured[]): string {
  return [...new Set(samples.map(({ status }) => status))].join(', ');
}
