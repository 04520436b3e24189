import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { availableProcessors } from '../src/process/processors.ts';
import { suiteEnvironment } from '../src/sandbox/environment.ts';
import { machine } from './machine.ts';
import { writeSection } from './readme.ts';
import type { Bench, BenchContext } from './row.ts';
import { armedBench } from './rows/armed.ts';
import { censusBench } from './rows/census.ts';
import { etxtbsyBench } from './rows/etxtbsy.ts';
import { leaseBench } from './rows/lease.ts';
import { lookBench } from './rows/look.ts';
import { manyBench } from './rows/many.ts';
import { planBench } from './rows/plan.ts';
import { startBench } from './rows/start.ts';
import { suiteBenches } from './rows/suites.ts';
import { tiersBench } from './rows/tiers.ts';
import { tripwiresBench } from './rows/tripwires.ts';
import { trueBench } from './rows/true.ts';
import { rowLine } from './table.ts';

const ROOT = join(import.meta.dirname, '..');

/** In the order of the README. */
const BENCHES: readonly Bench[] = [
  trueBench,
  ...suiteBenches,
  startBench,
  manyBench,
  tiersBench,
  censusBench,
  lookBench,
  armedBench,
  tripwiresBench,
  planBench,
  etxtbsyBench,
  leaseBench,
];

/**
 * Measures the benchmarks that are named, or all, and writes their tables into the README. With
 * `--rounds N` it is a try, which leaves the README alone.
 */
async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: 'string' } },
  });
  const rounds = values.rounds === undefined ? null : Number(values.rounds);
  if (rounds !== null && !(Number.isInteger(rounds) && rounds > 0)) {
    throw new Error(`Expected --rounds to be a whole number from 1, got ${values.rounds}`);
  }
  const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    const known = BENCHES.map(({ name }) => name).join(', ');
    throw new Error(`There is no benchmark ${unknown.join(', ')}; there are ${known}`);
  }
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.ts')], { stdio: 'inherit' });
  const scratch = mkdtempSync(join(tmpdir(), 'pindown-bench-'));
  try {
    for (const bench of BENCHES) {
      if (positionals.length === 0 || positionals.includes(bench.name))
        await run(bench, scratch, rounds);
    }
  } finally {
    // Last of all: inodes that have just been deleted slow down what creates files beside them.
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function run(bench: Bench, scratch: string, rounds: number | null): Promise<void> {
  const say = (text: string): void => void process.stderr.write(`${bench.name}: ${text}\n`);
  const own = join(scratch, bench.name);
  mkdirSync(own);
  const context: BenchContext = {
    pindown: join(ROOT, 'dist', 'bin', 'pindown.js'),
    scratch: own,
    env: environment(join(own, 'bin')),
    workers: availableProcessors(),
    rounds: (usual) => rounds ?? usual,
    say,
  };
  const result = await bench.run(context);
  if (rounds === null) writeSection(bench, result, machine(context.workers));
  if (result.kind === 'skipped') say(`skipped: ${result.because}`);
  else process.stdout.write(result.rows.map((row) => `${bench.name}: ${rowLine(row)}\n`).join(''));
}

/**
 * What both sides get: the user's environment as Pindown's suites get it, with this very Node in
 * front, so that a test file runs under the same one on both sides.
 */
function environment(bin: string): Record<string, string> {
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, 'node'));
  const env = suiteEnvironment(process.env, { ownRoot: ROOT, projectRoot: '' });
  return { ...env, PATH: `${bin}${delimiter}${env['PATH'] ?? ''}` };
}

await main();
