import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import type { FrameworkName } from '../../src/core/unit.ts';
import { type Command, type Measured, measure } from '../measure.ts';
import type { Bench, BenchContext, BenchResult, BenchRow } from '../row.ts';
import { sideBySide } from '../side-by-side.ts';
import { spreadOfPairs } from '../statistics.ts';

const ROUNDS = 3;
/** A suite may be red here: what it ends with under Pindown and under all of the frameworks. */
const ALLOWED = [0, 1];
const PINDOWN = 'pindown run';

const manifestSchema = v.object({ name: v.optional(v.string()), version: v.optional(v.string()) });

/** One of a framework's own commands. */
interface Own {
  readonly label: string;
  readonly argv: Command['argv'];
  /** The most that Pindown's wall time may be, in times its own. */
  readonly goal: number;
  /** A command that fails where this one can't be run. */
  readonly probe?: Command['argv'];
}

interface SuiteBench {
  readonly framework: FrameworkName;
  readonly title: string;
  /**
   * The environment variable with the path of a real suite; the same with `_FILES` may name the
   * files in it, without which it is all that the framework finds.
   */
  readonly variable: string;
  own(dir: string, workers: number): readonly Own[];
}

/** A real suite under Pindown and under its framework's own commands. */
export function suiteBench(suite: SuiteBench): Bench {
  const { framework: name, title, variable } = suite;
  return {
    name,
    title: `${title}, against its own command`,
    async run(context): Promise<BenchResult> {
      const dir = process.env[variable];
      if (dir === undefined || !existsSync(dir)) {
        const why = dir === undefined ? 'is not set' : `names ${dir}, which is not there`;
        return { kind: 'skipped', because: `${variable} ${why}; see "Suites to prepare"` };
      }
      const words = (process.env[`${variable}_FILES`] ?? '').split(' ');
      return await compare(suite, dir, words.filter(Boolean), context);
    },
  };
}

async function compare(
  { framework, own }: Pick<SuiteBench, 'framework' | 'own'>,
  dir: string,
  files: readonly string[],
  context: BenchContext,
): Promise<BenchResult> {
  const { workers, env } = context;
  const rounds = context.rounds(ROUNDS);
  const command = (argv: Command['argv']): Command => ({ argv, cwd: dir, env, allow: ALLOWED });
  const options = ['--framework', framework, '--workers', String(workers), '--retries', '0'];
  const sides: Record<string, () => Command> = {
    [PINDOWN]: () => command([process.execPath, context.pindown, 'run', ...files, ...options]),
  };
  const owns: Own[] = [];
  for (const each of own(dir, workers)) {
    if (each.probe !== undefined && !(await works(command(each.probe), context))) continue;
    owns.push(each);
    sides[each.label] = () => command([...each.argv, ...files]);
  }
  const samples = await sideBySide(sides, { ...context, rounds });
  const named = files.length === 0 ? '' : ` (\`${files.join(' ')}\`)`;
  const statuses = Object.entries(samples).map(([side, each]) => `${side} ${statusesOf(each)}`);
  return {
    kind: 'measured',
    how: `The suite of ${suiteName(dir)}: \`${PINDOWN}\` with ${workers} workers and no retries, and the framework's own command, on the same files${named}; each ${rounds} times after one that is not counted. Exit statuses: ${statuses.join(', ')}.`,
    rows: owns.flatMap((each) => ratios(each, samples[PINDOWN] ?? [], samples[each.label] ?? [])),
  };
}

/** As its package.json calls it, with its version; by its directory where that says neither. */
function suiteName(dir: string): string {
  const manifest = join(dir, 'package.json');
  const { name, version } = existsSync(manifest)
    ? v.parse(manifestSchema, JSON.parse(readFileSync(manifest, 'utf8')))
    : {};
  return [name ?? basename(dir), version].filter((each) => each !== undefined).join(' ');
}

function ratios(
  { label, goal }: Own,
  ours: readonly Measured[],
  theirs: readonly Measured[],
): BenchRow[] {
  const unit = `times \`${label}\``;
  return [
    { name: 'wall', ...spreadOfPairs(ours, theirs, (a, b) => a.wallMs / b.wallMs), goal, unit },
    { name: 'CPU', ...spreadOfPairs(ours, theirs, (a, b) => a.cpuMs / b.cpuMs), goal: null, unit },
  ];
}

async function works(probe: Command, context: BenchContext): Promise<boolean> {
  try {
    await measure({ ...probe, allow: [0] }, context.scratch);
    return true;
  } catch (error) {
    context.say(error instanceof Error ? error.message : String(error));
    return false;
  }
}

function statusesOf(samples: readonly Measured[]): string {
  return [...new Set(samples.map(({ status }) => status))].join(' or ');
}
