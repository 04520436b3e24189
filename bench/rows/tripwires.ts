import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '../measure.ts';
import { emptyUnits } from '../project.ts';
import type { Bench, BenchContext, BenchResult } from '../row.ts';
import { sideBySide } from '../side-by-side.ts';
import { spreadOfPairs } from '../statistics.ts';

const FILES = 50_000;
const FILES_PER_DIRECTORY = 20;
const UNITS = 500;
const ROUNDS = 5;
/** One per cent of a run of a minute, milliseconds of CPU. */
const GOAL_MS = 600;

/** What it costs to watch a large repository while a suite runs. */
export const tripwiresBench: Bench = {
  name: 'tripwires',
  title: `Tripwires in a repository of ${FILES.toLocaleString('en')} files`,
  async run(context): Promise<BenchResult> {
    const rounds = context.rounds(ROUNDS);
    const { ours, theirs } = await sideBySide(
      { ours: () => pindown(context, true), theirs: () => pindown(context, false) },
      { ...context, rounds },
    );
    return {
      kind: 'measured',
      how: `\`pindown run 'u/*' -- true {unit}\` with ${UNITS} units, as many as a run of a minute has where a file takes a quarter of a second on two workers, with and without \`[isolation] tripwires\`, in a repository of git with ${FILES.toLocaleString('en')} files in ${(FILES / FILES_PER_DIRECTORY).toLocaleString('en')} directories; each ${rounds} times after one that is not counted. CPU is user and system time of the whole process tree, git's included.`,
      rows: [
        {
          name: 'CPU over a run without tripwires',
          ...spreadOfPairs(ours, theirs, (a, b) => a.cpuMs - b.cpuMs),
          goal: GOAL_MS,
          unit: 'ms',
        },
        {
          name: 'wall over a run without tripwires',
          ...spreadOfPairs(ours, theirs, (a, b) => a.wallMs - b.wallMs),
          goal: null,
          unit: 'ms',
        },
      ],
    };
  },
};

function pindown({ scratch, pindown: bin, workers, env }: BenchContext, watched: boolean): Command {
  const cwd = repository(join(scratch, watched ? 'watched' : 'unwatched'), env);
  writeFileSync(join(cwd, 'pindown.toml'), `[isolation]\ntripwires = ${watched}\n`);
  const options = ['run', 'u/*', '--workers', String(workers), '--', 'true', '{unit}'];
  return { argv: [process.execPath, bin, ...options], cwd, env };
}

/** Made once; a run leaves it as it was. */
function repository(dir: string, env: Readonly<Record<string, string>>): string {
  if (existsSync(dir)) return dir;
  emptyUnits(dir, UNITS);
  writeFileSync(join(dir, '.gitignore'), '/pindown.toml\n');
  for (let index = 0; index < FILES; index += 1) {
    const directory = join(dir, 'src', `d${Math.floor(index / FILES_PER_DIRECTORY)}`);
    if (index % FILES_PER_DIRECTORY === 0) mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, `f${index}.txt`), `${index}\n`);
  }
  const git = (...args: string[]): void => {
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
      cwd: dir,
      env,
      stdio: 'ignore',
    });
  };
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'all');
  return dir;
}
