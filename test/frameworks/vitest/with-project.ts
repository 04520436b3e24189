import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Unit } from '../../../src/core/unit.ts';
import type { Collected } from '../../../src/frameworks/framework.ts';
import { vitest } from '../../../src/frameworks/vitest/index.ts';
import {
  detectProject,
  type JobRun,
  linkNodeModules,
  listContext,
  runJob,
  withDirectory,
  writeFiles,
} from '../conformance.ts';

/** A small project with this repository's Vitest in it. */
export interface VitestProject {
  /** The project's root, absolute and real. */
  readonly dir: string;
  readonly list: () => Promise<readonly Unit[]>;
  /** Runs the units of these paths as one batch; what each came to, by its path. */
  readonly run: (paths: readonly string[]) => Promise<BatchRun>;
}

export interface BatchRun extends JobRun {
  readonly of: (path: string) => Collected;
}

/** The test script that the projects have unless they bring their own package.json. */
const PACKAGE = '{"type": "module", "scripts": {"test": "vitest run"}}';

/** Writes the files, and hands the project over for as long as the body takes. */
export async function withVitestProject(
  files: Readonly<Record<string, string>>,
  body: (project: VitestProject) => Promise<void>,
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
    const project = await detectProject(vitest, dir, scratch);
    await body({
      dir,
      list: async () => await vitest.list(project.suite, listContext(project)),
      run: async (paths) => {
        const units = paths.map((path) => unitOf(dir, path));
        const run = await runJob(vitest, project, units);
        return { ...run, of: (path) => run.collected.get(unitOf(dir, path).id)! };
      },
    });
  });
}

function unitOf(dir: string, path: string): Unit {
  const file = join(dir, path);
  const id = `vitest:${path}`;
  return { id, suite: 'vitest', framework: 'vitest', kind: 'file', path, file, data: {} };
}

/** Names and outcomes, in the order of reports. */
export function outcomesOf(collected: Collected): (readonly [string, string])[] {
  return collected.tests.map(({ name, outcome }) => [name, outcome]);
}

/** As {@link outcomesOf}, where the order of reports is not fixed. */
export function byName(collected: Collected): (readonly [string, string])[] {
  return outcomesOf(collected).sort(([a], [b]) => (a < b ? -1 : 1));
}
