import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Ending } from '../../../src/core/ending.ts';
import type { Unit } from '../../../src/core/unit.ts';
import type { Collected, ListContext, Suite } from '../../../src/frameworks/framework.ts';
import { pytest } from '../../../src/frameworks/pytest/index.ts';

/** What one unit came to, with what its process left. */
export interface UnitRun extends Collected {
  readonly ending: Ending;
  readonly stdout: string;
  readonly stderr: string;
}

/** A small pytest project in a directory of its own. */
export interface PythonSuite {
  readonly dir: string;
  readonly said: readonly string[];
  list(): Promise<readonly Unit[]>;
  /** Runs the unit of that path to its end. */
  run(path: string): Promise<UnitRun>;
}

export interface SuiteOptions {
  readonly args?: readonly string[];
  /** The directory whose python3 is used; that of `PATH` by default. */
  readonly path?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Writes the files, and hands the suite over for as long as the body takes. */
export async function withSuite(
  files: Readonly<Record<string, string>>,
  body: (suite: PythonSuite) => Promise<void>,
  options: SuiteOptions = {},
): Promise<void> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'pindown-pytest-')));
  try {
    const dir = join(root, 'project');
    await mkdir(dir);
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir, name)), { recursive: true });
      await writeFile(join(dir, name), text);
    }
    await body(await suiteIn(dir, root, options));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function suiteIn(dir: string, root: string, options: SuiteOptions): Promise<PythonSuite> {
  const path = process.env['PATH'] ?? '';
  const env = {
    PATH: options.path === undefined ? path : `${options.path}:${path}`,
    HOME: root,
    TMPDIR: root,
    // The machine's own plugins are not the subject, and some are slow to load.
    PYTEST_DISABLE_PLUGIN_AUTOLOAD: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    ...(process.env['PYENV_ROOT'] === undefined ? {} : { PYENV_ROOT: process.env['PYENV_ROOT'] }),
    ...options.env,
  };
  const detection = await pytest.detect({ dir, env, forced: false });
  if (detection === null) throw new Error('Expected pytest to be detected');
  const suite: Suite = {
    name: 'py',
    framework: 'pytest',
    projectRoot: dir,
    dir,
    args: options.args ?? [],
    env: {},
    version: null,
    data: detection.data,
  };
  const said: string[] = [];
  let jobs = 0;
  const list = async (): Promise<readonly Unit[]> =>
    await pytest.list(suite, listContext(env, root, said));
  const run = async (name: string): Promise<UnitRun> => {
    const unit = (await list()).find((candidate) => candidate.path === name);
    if (unit === undefined) throw new Error(`Expected a unit ${name}`);
    const jobDir = join(root, `job-${++jobs}`);
    await mkdir(jobDir);
    const job = {
      token: `token-${jobs}`,
      suite,
      units: [unit],
      resultsFile: join(jobDir, 'results.ndjson'),
      dir: jobDir,
      width: 1,
    };
    const launch = pytest.command(job);
    const stdoutFile = join(jobDir, 'stdout');
    const stderrFile = join(jobDir, 'stderr');
    const ending = await spawned(launch.argv, launch.cwd, overlay(env, launch.env), [
      stdoutFile,
      stderrFile,
    ]);
    const collected = await pytest.collect(job, { ending, stdoutFile, stderrFile });
    const stdout = await readFile(stdoutFile, 'utf8');
    const stderr = await readFile(stderrFile, 'utf8');
    return { ...collected.get(unit.id)!, ending, stdout, stderr };
  };
  return { dir, said, list, run };
}

function overlay(
  env: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const result: Record<string, string> = { ...env };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete result[name];
    else result[name] = value;
  }
  return result;
}

async function spawned(
  [program, ...args]: readonly [string, ...string[]],
  cwd: string,
  env: Record<string, string>,
  outputs: readonly [string, string],
): Promise<Ending> {
  const descriptors = outputs.map((file) => openSync(file, 'w'));
  try {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', ...descriptors] });
    await once(child, 'exit');
    const { exitCode, signalCode } = child;
    return signalCode === null
      ? { exitCode: exitCode ?? -1, signal: null }
      : { exitCode: null, signal: signalCode };
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
  }
}

function listContext(
  env: Readonly<Record<string, string>>,
  scratch: string,
  said: string[],
): ListContext {
  return {
    env,
    scratch,
    say: (line) => said.push(line),
    signal: new AbortController().signal,
    run: async ([program, ...args], options) => {
      const result = promisify(execFile)(program, args, {
        cwd: options.cwd,
        env: { ...env, ...options.env },
      });
      const { stdout, stderr } = await result.catch(
        (error: { stdout: string; stderr: string }) => error,
      );
      const exitCode = result.child.exitCode ?? -1;
      return { ending: { exitCode, signal: null }, stdout, stderr, timedOut: false };
    },
  };
}

/** Whether the python3 in that directory (or on `PATH`) can import all of these modules. */
export async function hasModules(modules: readonly string[], path?: string): Promise<boolean> {
  const python = path === undefined ? 'python3' : join(path, 'python3');
  return await promisify(execFile)(python, ['-c', `import ${modules.join(', ')}`]).then(
    () => true,
    () => false,
  );
}
