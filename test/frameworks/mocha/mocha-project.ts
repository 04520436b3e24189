import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Unit } from '../../../src/core/unit.ts';
import { mocha } from '../../../src/frameworks/mocha/index.ts';
import {
  detectProject,
  linkNodeModules,
  listContext,
  type Project,
  withDirectory,
  writeFiles,
} from '../conformance.ts';

/** A project under the mocha of this repository, with its units. */
export interface MochaProject {
  readonly root: string;
  readonly project: Project;
  readonly units: readonly Unit[];
}

/**
 * Runs `use` with a temporary project.
 *
 * @param script its test script; mocha alone where it is left out
 */
export async function withMocha(
  files: Readonly<Record<string, string>>,
  use: (project: MochaProject) => unknown,
  script = 'mocha',
): Promise<void> {
  await withDirectory(async (dir) => {
    const root = join(dir, 'project');
    const scratch = join(dir, 'scratch');
    await mkdir(scratch);
    const manifest = JSON.stringify({ scripts: { test: script } });
    await writeFiles(root, { 'package.json': manifest, ...files });
    await linkNodeModules(root);
    const project = await detectProject(mocha, root, scratch);
    const units = await mocha.list(project.suite, listContext(project));
    await use({ root, project, units });
  });
}
