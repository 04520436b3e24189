import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Ending } from '../../../src/core/ending.ts';
import type { Unit } from '../../../src/core/unit.ts';
import type { Collected } from '../../../src/frameworks/framework.ts';
import { pytest } from '../../../src/frameworks/pytest/index.ts';
import {
  detectProject,
  listContext,
  projectEnvironment,
  runJob,
  withDirectory,
  writeFiles,
} from '../conformance.ts';

/** What one unit came to, with what its process left. */
export interface UnitRun extends Collected {
  readonly ending: Ending;
  readonly stdout: string;
  readonly stderr: string;
}

/** A small pytest project in a directory of its own. */
export interface PythonSuite {
  readonly dir: string;
  /** What listing said to people. */
  readonly said: readonly string[];
  list(): Promise<readonly Unit[]>;
  /** Runs the unit of that path to its end. */
  run(path: string): Promise<UnitRun>;
}

export interface SuiteOptions {
  readonly args?: readonly string[];
  /** A directory to be put in front of `PATH`, for its python3. */
  readonly path?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What else is done in the project before pytest is looked for. */
  prepare?(dir: string): Promise<void>;
}

/** Writes the files, and hands the suite over for as long as the body takes. */
export async function withSuite(
  files: Readonly<Record<string, string>>,
  body: (suite: PythonSuite) => Promise<void>,
  options: SuiteOptions = {},
): Promise<void> {
  await withDirectory(async (root) => {
    const dir = join(root, 'project');
    const scratch = join(root, 'scratch');
    await mkdir(dir);
    await mkdir(scratch);
    await writeFiles(dir, files);
    await options.prepare?.(dir);
    await body(await suiteIn(dir, scratch, options));
  });
}

async function suiteIn(dir: string, scratch: string, options: SuiteOptions): Promise<PythonSuite> {
  const own = projectEnvironment(dir);
  const env: Record<string, string> = {
    ...own,
    PATH: [options.path ?? [], own['PATH'] ?? ''].flat().join(delimiter),
    TMPDIR: scratch,
    // The machine's own plugins are not the subject, and some are slow to load.
    PYTEST_DISABLE_PLUGIN_AUTOLOAD: '1',
    ...options.env,
  };
  const detected = await detectProject(pytest, dir, scratch, env);
  const project = { ...detected, suite: { ...detected.suite, name: 'py', ...withArgs(options) } };
  const said: string[] = [];
  const list = async (): Promise<readonly Unit[]> =>
    await pytest.list(
      project.suite,
      listContext(project, (line) => said.push(line)),
    );
  const run = async (path: string): Promise<UnitRun> => {
    const unit = (await list()).find((candidate) => candidate.path === path);
    if (unit === undefined) throw new Error(`Expected a unit ${path}`);
    const { collected, ...rest } = await runJob(pytest, project, [unit]);
    const result = collected.get(unit.id);
    if (result === undefined) throw new Error(`Expected a result of ${unit.id}`);
    return { ...result, ...rest };
  };
  return { dir, said, list, run };
}

function withArgs({ args }: SuiteOptions): { args?: readonly string[] } {
  return args === undefined ? {} : { args };
}

/** Whether the python3 in that directory (or on `PATH`) can import all of these modules. */
export async function hasModules(modules: readonly string[], path?: string): Promise<boolean> {
  const python = path === undefined ? 'python3' : join(path, 'python3');
  return await promisify(execFile)(python, ['-c', `import ${modules.join(', ')}`]).then(
    () => true,
    () => false,
  );
}
