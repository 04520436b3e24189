import { dirname } from 'node:path';
import type { Unit } from '../../core/unit.ts';
import type { Launch, ListContext, Suite } from '../framework.ts';
import type { CargoArguments } from './arguments.ts';
import { BUILD_TIMEOUT_MS } from './build.ts';
import { type Package, kindOf, packageSpec } from './metadata.ts';

/** The doc tests of a library: how to run them, and how many there are. */
export interface DocTests {
  readonly owner: Package;
  readonly library: string;
  readonly start: Launch;
  /** The number of tests; null where they can't be listed, with cargo's words. */
  readonly found: { readonly count: number } | { readonly broken: string };
}

/** Options that change what rustdoc prints about its tests. */
const OF_OUTPUT = new Set(['--nocapture', '--no-capture', '-q', '--quiet']);

/** The doc tests of those packages, where the arguments leave any to be run. */
export async function findDocTests(
  packages: readonly Package[],
  asked: {
    readonly suite: Suite;
    readonly args: CargoArguments;
    readonly context: ListContext;
  },
): Promise<readonly DocTests[]> {
  const { suite, args, context } = asked;
  if (args.targets.some(({ flag }) => flag !== 'doc')) return [];
  const all: DocTests[] = [];
  for (const owner of packages) {
    const library = owner.targets.find((target) => kindOf(target) === 'lib' && target.doctest);
    if (library === undefined) continue;
    const common = args.common.filter((word) => !OF_OUTPUT.has(word));
    const test = args.test.filter((word) => !OF_OUTPUT.has(word));
    const words = [
      'test',
      '--doc',
      '-p',
      packageSpec(owner),
      ...common,
      ...args.filter,
      '--',
      ...test,
    ];
    const result = await context.run(['cargo', ...words, '--list'], {
      cwd: suite.dir,
      timeoutMs: BUILD_TIMEOUT_MS,
    });
    const count = [...result.stdout.matchAll(/^.+ \(line \d+\): test$/gm)].length;
    all.push({
      owner,
      library: library.name,
      start: { argv: ['cargo', ...words, '--format=pretty'], cwd: suite.dir, env: {} },
      found: result.ending.exitCode === 0 ? { count } : { broken: result.stderr.trim() },
    });
  }
  return all;
}

/** What of it stands in `Unit.data`. */
export function docData({ owner, start }: DocTests, count: number): Unit['data'] {
  // Older cargos start rustdoc in the package's directory, newer ones in the workspace's.
  const home = dirname(owner.manifest_path);
  return { start: JSON.stringify(start), harness: 'rustdoc', count: String(count), home };
}
