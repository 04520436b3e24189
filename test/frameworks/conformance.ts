import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Ending } from '../../src/core/ending.ts';
import { uuidv7 } from '../../src/core/ids.ts';
import type { AttemptOutcome, TestOutcome } from '../../src/core/outcome.ts';
import type { FrameworkName, Unit } from '../../src/core/unit.ts';
import type { Collected, Framework, ListContext, Suite } from '../../src/frameworks/framework.ts';
import { LINEAGE, lineageOf } from '../../src/process/lineage.ts';
import { spawnChild } from '../../src/process/spawn.ts';
import { Census } from '../../src/process/census.ts';
import { GroupTier } from '../../src/process/tier/group-tier.ts';
import { makeListContext } from '../../src/run/list-context.ts';
import type { IsolatedStart } from '../../src/sandbox/isolation/isolator.ts';
import type { WarmProcesses } from '../../src/sandbox/isolation/warm-processes.ts';
import { suiteEnvironment } from '../../src/sandbox/environment.ts';

/** What an adapter brings so that the one conformance suite can hold it to the contract. */
export interface ConformanceCase {
  readonly framework: FrameworkName;
  /** null when the framework is installed on this machine, else what is missing (the case is then skipped under that reason). */
  unavailable(): Promise<string | null>;
  /**
   * Writes the small project into an empty temporary directory (files as strings in the case
   * itself, or copied from test/fixtures/frameworks/<name>/). JS frameworks link the repository's
   * node_modules into it ({@link linkNodeModules}).
   */
  write(dir: string): Promise<void>;
  /** Unit paths (Unit.path) by role; null where the framework cannot have such a unit. */
  readonly units: {
    /** Two passing tests, one nested, and one parametrised family of two where there are such. */
    readonly pass: string;
    /** One passes, one fails with a message that contains "expected-failure-message". */
    readonly fail: string;
    /** All tests skipped. */
    readonly skip: string;
    /** Throws or does not compile while loading. */
    readonly loadError: string | null;
    /** A file without tests. */
    readonly noTests: string | null;
    /** Kills its own process in the middle of a test, after one test has passed. */
    readonly crash: string;
    /**
     * One failing test; prints to both streams lines that look exactly like this framework's own
     * passing results, TAP, JUnit XML and our own records.
     */
    readonly noise: string;
    /** File and test names with non-ASCII characters: "größer 数 🚀". */
    readonly nonAscii: string;
    /** One test name twice: the first passes, the second fails. */
    readonly twice: string | null;
    /** A test calls exit(0) in the middle: begun, but not ended. */
    readonly exitZero: string | null;
    /**
     * Its first test fails with a message that contains "first-try", and passes when the framework
     * itself tries it again.
     */
    readonly ownRetry: string | null;
  };
  /** Test names (joined by ' > ') and outcomes for each role with tests, in the order of reports. */
  readonly expected: Partial<
    Record<Role, readonly (readonly [name: string, outcome: TestOutcome])[]>
  >;
  /** For a framework that is never detected: it is named by the user, who gives it this. */
  readonly forcedData?: Suite['data'];
  /** The arguments that this user gives. */
  readonly forcedArgs?: readonly string[];
  /** Its processes are forked from one that is warm. */
  readonly forked?: true;
  /** Whether it says through its own channel that it did not find a unit's file. */
  readonly tellsUnseen?: true;
  /** Why there are no durations, where the framework tells none. */
  readonly withoutDurations?: string;
  /** Where the framework itself sees a role differently from {@link OUTCOMES}, with a comment why. */
  readonly outcomes?: Partial<Record<Role, AttemptOutcome>>;
}

export type Role = keyof ConformanceCase['units'];

/** What the judge makes of each role, unless the case says otherwise. */
export const OUTCOMES: Readonly<Record<Role, AttemptOutcome>> = {
  pass: 'passed',
  fail: 'failed',
  skip: 'passed',
  loadError: 'errored',
  noTests: 'no-tests',
  crash: 'crashed',
  noise: 'failed',
  nonAscii: 'passed',
  twice: 'failed',
  exitZero: 'contradicted',
  ownRetry: 'passed',
};

/** Pindown's own root, whose node_modules the JS frameworks are taken from. */
export const OWN_ROOT: string = join(import.meta.dirname, '../..');

/** An adapter's suite in a temporary project, and what its processes start from. */
export interface Project {
  readonly suite: Suite;
  readonly env: Readonly<Record<string, string>>;
  /** Outside of the project; for listing, building and the jobs' own directories. */
  readonly scratch: string;
}

/** What one process did and what its adapter made of it. */
export interface JobRun {
  readonly ending: Ending;
  readonly collected: ReadonlyMap<string, Collected>;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The environment of a project's processes as a run gives it to them, with the node that runs
 * these tests as the user's own.
 */
export function projectEnvironment(dir: string): Record<string, string> {
  const env = suiteEnvironment(process.env, { ownRoot: OWN_ROOT, projectRoot: dir });
  env['PATH'] = [dirname(process.execPath), env['PATH'] ?? ''].join(delimiter);
  return env;
}

/** A new empty directory outside of the repository, by its real path. */
export async function makeDirectory(): Promise<string> {
  return await realpath(await mkdtemp(join(tmpdir(), 'pindown-test-')));
}

export async function removeDirectory(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true, maxRetries: 3 });
}

/** Runs `use` with a {@link makeDirectory new directory} and removes it with all that is in it. */
export async function withDirectory<T>(use: (dir: string) => Promise<T>): Promise<T> {
  const dir = await makeDirectory();
  try {
    return await use(dir);
  } finally {
    await removeDirectory(dir);
  }
}

/** Lets a temporary project find the packages of this repository. */
export async function linkNodeModules(dir: string): Promise<void> {
  await symlink(join(OWN_ROOT, 'node_modules'), join(dir, 'node_modules'), 'dir');
}

/** Writes files (path relative to the directory to text), making directories as needed. */
export async function writeFiles(
  dir: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = join(dir, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/**
 * Detects the suite in a directory that holds one, as `pindown run` in its root would.
 *
 * @param forced what a user who names the framework gives it; null where it is to be found
 */
export async function detectProject(
  framework: Framework,
  dir: string,
  scratch: string,
  env: Readonly<Record<string, string>> = projectEnvironment(dir),
  forced: Pick<Suite, 'data' | 'args'> | null = null,
): Promise<Project> {
  const detection = await framework.detect({ dir, env, forced: forced !== null });
  if (detection === null) throw new Error(`${framework.title} was not detected in ${dir}`);
  const suite: Suite = {
    name: framework.name,
    framework: framework.name,
    projectRoot: dir,
    dir,
    args: [...detection.args, ...(forced?.args ?? [])],
    env: {},
    version: detection.version,
    data: { ...detection.data, ...forced?.data },
  };
  return { suite, env, scratch };
}

/** A context for `Framework.list`; what it says to people goes to `say`. */
export function listContext(project: Project, say: (line: string) => void = () => {}): ListContext {
  return makeListContext({
    env: project.env,
    runId: 'conformance',
    tier: new GroupTier('conformance', Census.fromNow(), 'of tests'),
    scratch: project.scratch,
    hangs: { afterMs: 30_000, dir: join(project.scratch, 'hangs'), onStall: say },
    signal: new AbortController().signal,
    say,
  });
}

/**
 * Runs one job to its own end and collects it.
 *
 * @param warm forks its process, where the adapter says how
 */
export async function runJob(
  framework: Framework,
  project: Project,
  units: readonly Unit[],
  warm: WarmProcesses | null = null,
): Promise<JobRun> {
  const token = uuidv7();
  const dir = join(project.scratch, token);
  const evidence = join(project.scratch, `${token}.evidence`);
  await mkdir(dir);
  await mkdir(evidence);
  const job = {
    token,
    suite: project.suite,
    units,
    resultsFile: join(evidence, 'results.ndjson'),
    dir,
    width: units.length === 1 ? 1 : 2,
  };
  const stdoutFile = join(evidence, 'stdout.log');
  const stderrFile = join(evidence, 'stderr.log');
  const launch = framework.command(job);
  const env: Record<string, string> = { ...project.env };
  for (const [name, value] of Object.entries(launch.env)) {
    if (value === null) delete env[name];
    else env[name] = value;
  }
  const spec = { argv: launch.argv, cwd: launch.cwd, env, stdoutFile, stderrFile };
  const ending =
    warm === null || launch.warm === undefined
      ? await (
          await spawnChild({ ...spec, within: (start) => start() })
        ).ended
      : await endOfFork(warm, { spec, token, dir: evidence, warm: launch.warm });
  const collected = await framework.collect(job, { ending, stdoutFile, stderrFile });
  const [stdout, stderr] = await Promise.all([
    readFile(stdoutFile, 'utf8'),
    readFile(stderrFile, 'utf8'),
  ]);
  return { ending, collected, stdout, stderr };
}

async function endOfFork(
  processes: WarmProcesses,
  start: Omit<IsolatedStart, 'tier' | 'world'>,
): Promise<Ending> {
  const runId = 'conformance';
  const tier = new GroupTier(runId, Census.fromNow(), 'of tests');
  const lineage = lineageOf(process.env[LINEAGE], { runId, token: start.token });
  const spec = { ...start.spec, env: { ...start.spec.env, [LINEAGE]: lineage } };
  const child = await processes.start({ ...start, spec, tier, world: null });
  const ending = await child.ended;
  await child.settle(0);
  return ending;
}
