import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Unit } from '../../../src/core/unit.ts';
import type { Collected } from '../../../src/frameworks/framework.ts';
import { jest } from '../../../src/frameworks/jest/index.ts';
import {
  detectProject,
  type JobRun,
  linkNodeModules,
  listContext,
  runJob,
  withDirectory,
  writeFiles,
} from '../conformance.ts';

/** A small project with this repository's Jest in it. */
export interface JestProject {
  /** The project's root, absolute and real. */
  readonly dir: string;
  readonly list: () => Promise<readonly Unit[]>;
  /** Runs the listed units of these paths as one batch. */
  readonly run: (paths: readonly string[]) => Promise<BatchRun>;
}

export interface BatchRun extends JobRun {
  /** What the unit of that path came to. */
  readonly of: (path: string) => Collected;
}

/** Unless a project brings its own. The default transform looks for Babel's presets. */
const PACKAGE = '{"scripts": {"test": "jest"}, "jest": {"transform": {}}}';

/** Writes the files, and hands the project over for as long as the body takes. */
export async function withJestProject(
  files: Readonly<Record<string, string>>,
  body: (project: JestProject) => Promise<void>,
): Promise<void> {
  await withDirectory(async (root) => {
    const dir = join(root, 'a project');
    const scratch = join(root, 'scratch space');
    await mkdir(dir);
    await mkdir(scratch);
    await writeFiles(dir, { 'package.json': PACKAGE, ...files });
    if (!Object.keys(files).some((name) => name.startsWith('node_modules/'))) {
      await linkNodeModules(dir);
    }
    const project = await detectProject(jest, dir, scratch);
    let units: readonly Unit[] | null = null;
    const list = async () => (units ??= await jest.list(project.suite, listContext(project)));
    await body({
      dir,
      list,
      run: async (paths) => {
        const listed = await list();
        const chosen = paths.map((path) => {
          const unit = listed.find((candidate) => candidate.path === path);
          assert.ok(unit, `Expected a unit ${path}`);
          return unit;
        });
        const run = await runJob(jest, project, chosen);
        return {
          ...run,
          of: (path) => run.collected.get(chosen.find((unit) => unit.path === path)!.id)!,
        };
      },
    });
  });
}

/** Names and outcomes, in the order of reports. */
export function outcomesOf(collected: Collected): (readonly [string, string])[] {
  return collected.tests.map(({ name, outcome }) => [name, outcome]);
}

/** As {@link outcomesOf}, where the order of reports is not fixed. */
export function byName(collected: Collected): (readonly [string, string])[] {
  return outcomesOf(collected).sort(([a], [b]) => (a < b ? -1 : 1));
}
