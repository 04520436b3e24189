import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '../measure.ts';
import type { Bench, BenchContext, BenchResult } from '../row.ts';
import { sideBySide } from '../side-by-side.ts';
import { spreadOf, spreadOfPairs } from '../statistics.ts';

const ROUNDS = 41;
const GOAL_MS = 3;
const GOAL_PERCENT = 1;

const FRAMEWORK = join(import.meta.dirname, '../../src/frameworks/pytest');
/** The one line that arms. */
const ARMS = '    arm()\n';

/** What it costs an attempt that it could be asked for its stacks, should it hang. */
export const armedBench: Bench = {
  name: 'armed',
  title: 'A unit of pytest that is armed for being asked, against one that is not',
  async run(context): Promise<BenchResult> {
    const { env } = context;
    if (spawnSync('python3', ['-c', 'import pytest'], { env }).status !== 0) {
      return { kind: 'skipped', because: 'python3 has no pytest' };
    }
    const rounds = context.rounds(ROUNDS);
    const source = readFileSync(join(FRAMEWORK, 'run.py'), 'utf8');
    if (!source.includes(ARMS)) throw new Error('Expected run.py to arm in a line of its own');
    const sides = {
      ours: unit(context, 'armed', source),
      theirs: unit(context, 'unarmed', source.replace(ARMS, '')),
    };
    const { ours, theirs } = await sideBySide(
      { ours: () => sides.ours, theirs: () => sides.theirs },
      { ...context, rounds },
    );
    const pairs = (figure: (a: (typeof ours)[0], b: (typeof theirs)[0]) => number) =>
      spreadOfPairs(ours, theirs, figure);
    return {
      kind: 'measured',
      how: `A file with one test by the program that runs it, started anew each time, and by the same program without the call that arms; ${rounds} pairs after one that is not counted. The call itself is timed in as many processes of Python.`,
      rows: [
        {
          name: 'the call itself',
          ...spreadOf(Array.from({ length: rounds }, () => callMs(source, context))),
          goal: GOAL_MS,
          unit: 'ms',
        },
        { name: 'wall', ...pairs((a, b) => a.wallMs - b.wallMs), goal: GOAL_MS, unit: 'ms more' },
        {
          name: 'wall',
          ...pairs((a, b) => (a.wallMs / b.wallMs - 1) * 100),
          goal: GOAL_PERCENT,
          unit: '% more',
        },
        { name: 'CPU', ...pairs((a, b) => a.cpuMs - b.cpuMs), goal: GOAL_MS, unit: 'ms more' },
      ],
    };
  },
};

/** Milliseconds that arming takes in a process of its own. */
function callMs(source: string, { env }: BenchContext): number {
  const arming = /^STACKS_SIGNAL.*?(?=^def main)/ms.exec(source)?.[0] ?? '';
  const timed = 'began = time.perf_counter()\narm()\nprint((time.perf_counter() - began) * 1000)\n';
  const script = `import faulthandler, os, time\n${arming}\n${timed}`;
  const { stdout, status } = spawnSync('python3', ['-c', script], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`Expected Python to arm itself, it ended with ${status}`);
  return Number(stdout);
}

function unit({ scratch, env }: BenchContext, name: string, source: string): Command {
  const dir = join(scratch, name);
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'test_one.py');
  writeFileSync(file, 'def test_one(): pass\n');
  writeFileSync(join(dir, 'pytest.ini'), '[pytest]\n');
  writeFileSync(join(dir, 'run.py'), source);
  copyFileSync(join(FRAMEWORK, 'warm.py'), join(dir, 'warm.py'));
  const args = ['command', join(dir, 'results.ndjson'), name, file];
  return { argv: ['python3', join(dir, 'run.py'), ...args], cwd: dir, env };
}
