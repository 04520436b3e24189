import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Unit } from '../../core/unit.ts';
import type { ListContext, Suite } from '../framework.ts';
import type { Taken } from '../taken/taken.ts';
import { failureData, takenData } from '../taken/unit-data.ts';
import { type CargoArguments, parseArguments } from './arguments.ts';
import { type BuiltTests, buildTests } from './build.ts';
import { docData, findDocTests } from './doc-tests.ts';
import { usesLibtest } from './harness.ts';
import {
  type Metadata,
  type Package,
  type Target,
  kindOf,
  readMetadata,
  selectedPackages,
} from './metadata.ts';
import { readStarts } from './starts.ts';

/**
 * Builds all tests; the units are the binaries in which there is a test, and the doc tests of each
 * library that has any. A target that can't be built is a unit, too: it fails `cargo test`.
 */
export async function list(suite: Suite, context: ListContext): Promise<readonly Unit[]> {
  const args = parseArguments(suite.args);
  const metadata = await readMetadata(suite, args, context);
  context.say(`building the tests of ${describe(selectedPackages(metadata, args))}`);
  const asked = { suite, args, metadata, context };
  const onlyDoc = args.targets.some(({ flag }) => flag === 'doc');
  const tests: BuiltTests = onlyDoc ? { built: [], broken: [] } : await buildTests(asked);
  const units = [...(await binaries(tests, asked)), ...(await docs(asked))];
  for (const { owner, target, why } of tests.broken) {
    const path = pathOf(owner, target);
    units.push(
      unit(suite, path, target.src_path, await broken(context, `${path}-${units.length}`, why)),
    );
  }
  return units.sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
}

interface Asked {
  readonly suite: Suite;
  readonly args: CargoArguments;
  readonly metadata: Metadata;
  readonly context: ListContext;
}

async function binaries({ built }: BuiltTests, asked: Asked): Promise<Unit[]> {
  const { suite, metadata, context } = asked;
  const starts = await readStarts(built, asked);
  const units: Unit[] = [];
  const empty: string[] = [];
  for (const { packageId, target, executable } of built.flatMap((one) => one.binaries)) {
    const owner = metadata.packages.find(({ id }) => id === packageId);
    const start = starts.get(executable);
    if (owner === undefined || start === undefined) {
      throw new Error(`Expected the package and the start of ${executable}`);
    }
    const path = pathOf(owner, target);
    const libtest = await usesLibtest(owner.manifest_path, target);
    if (libtest && (await isEmpty(start, context))) {
      empty.push(path);
      continue;
    }
    const data = {
      ...takenData(start),
      harness: libtest ? 'libtest' : 'none',
      root: metadata.workspace_root,
    };
    units.push(unit(suite, path, target.src_path, data));
  }
  if (empty.length > 0) context.say(`without a test, so not run: ${empty.sort().join(', ')}`);
  return units;
}

/** Whether libtest would find no test in it, the arguments considered; asked without running one. */
async function isEmpty({ binary, args, cwd, env }: Taken, context: ListContext): Promise<boolean> {
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== null);
  const { ending, stdout } = await context.run([binary, ...args, '--list'], {
    cwd,
    env: Object.fromEntries(set),
  });
  // What can't be asked is run: it says itself what is wrong.
  return ending.exitCode === 0 && !/: (?:test|benchmark)$/m.test(stdout);
}

async function docs(asked: Asked): Promise<Unit[]> {
  const { suite, args, metadata, context } = asked;
  const units: Unit[] = [];
  for (const doc of await findDocTests(selectedPackages(metadata, args), asked)) {
    const path = `${doc.owner.name}::doc/${doc.library}`;
    const file = doc.owner.targets.find((target) => kindOf(target) === 'lib')?.src_path ?? null;
    if ('broken' in doc.found) {
      units.push(unit(suite, path, file, await broken(context, path, doc.found.broken)));
    } else if (doc.found.count > 0) {
      const data = { ...docData(doc, doc.found.count), root: metadata.workspace_root };
      units.push(unit(suite, path, file, data));
    }
  }
  return units;
}

async function broken(context: ListContext, name: string, why: string): Promise<Unit['data']> {
  const file = join(context.scratch, `broken-${name.replaceAll(/[^\w-]/g, '_')}.txt`);
  await writeFile(file, `${why}\n`);
  return failureData(file);
}

/**
 * As cargo-nextest names its binaries, so that people know them: `package` for the library,
 * `package::test` for an integration test, else with the kind: `package::bin/name`.
 */
function pathOf(owner: Package, target: Target): string {
  const kind = kindOf(target);
  if (kind === 'lib') return owner.name;
  return `${owner.name}::${kind === 'test' ? '' : `${kind}/`}${target.name}`;
}

function unit(suite: Suite, path: string, file: string | null, data: Unit['data']): Unit {
  return {
    id: `${suite.name}:${path}`,
    suite: suite.name,
    framework: 'cargo',
    kind: 'binary',
    path,
    file,
    data,
  };
}

function describe(packages: readonly Package[]): string {
  return packages.length === 1 ? packages[0]!.name : `${packages.length} packages`;
}
