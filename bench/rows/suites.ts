import { join } from 'node:path';
import type { Bench } from '../row.ts';
import { suiteBench } from './suite-bench.ts';

/** One benchmark for each framework: a real suite, under Pindown and under its own command. */
export const suiteBenches: readonly Bench[] = [
  suiteBench({
    framework: 'node-test',
    title: 'A suite of node:test',
    variable: 'PINDOWN_BENCH_NODE_TEST',
    own: (_dir, workers) => [
      { label: 'node --test', argv: [process.execPath, '--test'], goal: 0.95 },
      {
        label: `node --test --test-concurrency=${workers}`,
        argv: [process.execPath, '--test', `--test-concurrency=${workers}`],
        goal: 0.95,
      },
    ],
  }),
  suiteBench({
    framework: 'vitest',
    title: 'A suite of Vitest',
    variable: 'PINDOWN_BENCH_VITEST',
    own: (dir) => [
      {
        label: 'vitest run',
        argv: [process.execPath, join(dir, 'node_modules/vitest/vitest.mjs'), 'run'],
        goal: 1.03,
      },
    ],
  }),
  suiteBench({
    framework: 'jest',
    title: 'A suite of Jest',
    variable: 'PINDOWN_BENCH_JEST',
    own: (dir) => [
      {
        label: 'jest',
        argv: [process.execPath, join(dir, 'node_modules/jest/bin/jest.js')],
        goal: 1.03,
      },
    ],
  }),
  suiteBench({
    framework: 'pytest',
    title: 'A suite of pytest',
    variable: 'PINDOWN_BENCH_PYTEST',
    own: (_dir, workers) => [
      { label: 'pytest', argv: ['python', '-m', 'pytest'], goal: 1.03 },
      {
        label: `pytest -n ${workers}`,
        argv: ['python', '-m', 'pytest', '-n', String(workers)],
        // pytest-xdist may not be there.
        probe: ['python', '-c', 'import xdist'],
        goal: 1.03,
      },
    ],
  }),
];
