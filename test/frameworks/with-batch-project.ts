import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Unit } from '../../src/core/unit.ts';
import type { Collected, Framework } from '../../src/frameworks/framework.ts';
import {
  detectProject,
  type JobRun,
  linkNodeModules,
  listContext,
  runJob,
  withDirectory,
  writeFiles,
} from './conformance.ts';

/** A small project with this repository's packages in it. */
export interface BatchProject {
  /** The project's root, absolute and real. */
  readonly dir: string;
  readonly list: () => Promise<readonly Unit[]>;
  /** Runs the units of these paths as one batch. */
  readonly run: (paths: readonly string[]) => Promise<BatchRun>;
}

export interface BatchRun extends JobRun {
  /** What the unit of that path came to. */
  readonly of: (path: string) => Collected;
}

/** A framework that runs many files in one process, and what its projects have in these tests. */
interface BatchFramework {
  readonly framework: Framework;
  /** The package.json of projects that bring none of their own. */
  readonly manifest: string;
  /** The unit of a path, in a project that stands in `dir`. */
  readonly unitOf: (path: string, dir: string, list: BatchProject['list']) => Promise<Unit>;
}

/** Writes the files, and hands the project over for as long as the body takes. */
export async function withBatchProject(
  { framework, manifest, unitOf }: BatchFramework,
  files: Readonly<Record<string, string>>,
  body: (project: BatchProject) => Promise<void>,
): Promise<void> {
  await withDirectory(async (root) => {
    const dir = join(root, 'a project');
    const scratch = join(root, 'scratch space');
    await mkdir(dir);
    await mkdir(scratch);
    await writeFiles(dir, { 'package.json': manifest, ...files });
    if (!Object.keys(files).some((name) => name.startsWith('node_modules/'))) {
      await linkNodeModules(dir);
    }
    const project = await detectProject(framework, dir, scratch);
    let listed: Promise<readonly Unit[]> | null = null;
    const list = async () => await (listed ??= framework.list(project.suite, listContext(project)));
    await body({
      dir,
      list,
      run: async (paths) => {
        const units = await Promise.all(paths.map((path) => unitOf(path, dir, list)));
        const run = await runJob(framework, project, units);
        return {
          ...run,
          of: (path) => run.collected.get(units.find((unit) => unit.path === path)!.id)!,
        };
      },
    });
  });
}

/** Asserts that the framework itself failed, and that each of the files says why. */
export function assertNoneBegun(batch: BatchRun, paths: readonly string[], why: RegExp): void {
  assert.equal(batch.ending.exitCode, 1);
  for (const path of paths) {
    const { begun, errors, exitAgrees } = batch.of(path);
    assert.deepEqual([begun, exitAgrees], [false, true]);
    assert.match(errors.join('\n'), why);
  }
}

/** Names and outcomes, in the order of reports. */
export function outcomesOf(collected: Collected): (readonly [string, string])[] {
  return collected.tests.map(({ name, outcome }) => [name, outcome]);
}

/** As {@link outcomesOf}, where the order of reports is not fixed. */
export function byName(collected: Collected): (readonly [string, string])[] {
  return outcomesOf(collected).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What each test had failed with before its framework tried it again, in the first line. */
export function triesOf(collected: Collected): Record<string, readonly string[]> {
  return Object.fromEntries(
    collected.tests.flatMap(({ name, occurrence, failedTries }) =>
      failedTries === undefined
        ? []
        : [[`${name} ${occurrence}`, failedTries.map((text) => text.split('\n', 1)[0] ?? '')]],
    ),
  );
}
