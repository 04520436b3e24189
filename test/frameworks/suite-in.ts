import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Unit } from '../../src/core/unit.ts';
import type { Collected, Framework, Suite } from '../../src/frameworks/framework.ts';
import {
  type JobRun,
  listContext,
  projectEnvironment,
  runJob,
  withDirectory,
  writeFiles,
} from './conformance.ts';

/** What one unit came to, with what its process left. */
export type UnitRun = Collected & JobRun;

/** A small project of one framework, in a directory of its own. */
export interface SmallSuite {
  /** The project's root, absolute and real. */
  readonly dir: string;
  readonly said: readonly string[];
  readonly list: () => Promise<readonly Unit[]>;
  /** The units' paths. */
  readonly paths: () => Promise<readonly string[]>;
  /** Runs the unit of that path to its end; the only one where none is named. */
  readonly run: (path?: string) => Promise<UnitRun>;
}

export interface SmallSuiteOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly data?: Suite['data'];
  /** The suite's directory below the project's root. */
  readonly below?: string;
}

/** Writes the files, and hands the suite over for as long as the body takes. */
export async function withSmallSuite(
  framework: Framework,
  files: Readonly<Record<string, string>>,
  body: (suite: SmallSuite) => Promise<void>,
  options: SmallSuiteOptions = {},
): Promise<void> {
  await withDirectory(async (root) => {
    const dir = join(root, 'a project');
    const scratch = join(root, 'scratch space');
    await mkdir(dir);
    await mkdir(scratch);
    await writeFiles(dir, files);
    const suite: Suite = {
      name: framework.name,
      framework: framework.name,
      projectRoot: dir,
      dir: join(dir, options.below ?? '.'),
      args: options.args ?? [],
      env: {},
      version: null,
      data: options.data ?? {},
    };
    const project = { suite, env: { ...projectEnvironment(dir), ...options.env }, scratch };
    const said: string[] = [];
    let units: readonly Unit[] | null = null;
    const list = async () =>
      (units ??= await framework.list(
        suite,
        listContext(project, (line) => said.push(line)),
      ));
    await body({
      dir,
      said,
      list,
      paths: async () => (await list()).map(({ path }) => path),
      run: async (path) => {
        const unit = (await list()).find((one) => path === undefined || one.path === path);
        assert.ok(unit, `Expected a unit ${path}`);
        const run = await runJob(framework, project, [unit]);
        return { ...run.collected.get(unit.id)!, ...run };
      },
    });
  });
}

/** Names and outcomes, in the order of reports. */
export function outcomesOf(run: Collected): (readonly [string, string])[] {
  return run.tests.map(({ name, outcome }) => [name, outcome]);
}
