import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { TestContext } from 'node:test';
import type { Report } from '../cli/project.ts';
import { projectEnvironment, withDirectory } from '../frameworks/conformance.ts';
import { type Count, countReport } from './count.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'bin', 'pindown.js');
/** What a framework may print; Go's own stream of a large suite has some megabytes. */
const MAX_BYTES = 256 * 1024 * 1024;

/** A suite that nobody here wrote. */
export interface RealSuite {
  /** What is copied into the project: absolute paths, by the name that they get there. */
  readonly from: Readonly<Record<string, string>>;
  /** Files that the project gets beside it. */
  readonly files?: Readonly<Record<string, string>>;
  /** Added to the environment of both sides. */
  readonly env?: (project: string) => Readonly<Record<string, string>>;
  /** After `pindown run`. */
  readonly args: readonly string[];
  /** The framework's own command, and its own count out of what that wrote. */
  readonly own: (place: Place) => Promise<Count>;
}

/** Where a framework's own command is run. */
export interface Place {
  readonly project: string;
  /** A path for the framework's own results, outside of the project. */
  readonly results: string;
  /**
   * Runs a program in the project to its end.
   *
   * @returns its standard output
   * @throws Error where it ends with another exit status than 0
   */
  readonly run: (program: string, args: readonly string[]) => Promise<string>;
}

/** The directory of a package that is installed with this repository. */
export function installed(name: string): string {
  return join(ROOT, 'node_modules', name);
}

/**
 * Runs a copy of the suite by its framework's own command and by `pindown run`, and compares what
 * both counted. What was counted, and the times, are diagnostics of the test.
 */
export async function compareCounts(t: TestContext, suite: RealSuite): Promise<void> {
  await withDirectory(async (root) => {
    const project = copy(suite, root);
    const env = { ...projectEnvironment(project), ...suite.env?.(project) };
    const run = (program: string, args: readonly string[]): Promise<string> =>
      execute(program, args, project, env);
    const results = join(root, 'own-results');

    const before = performance.now();
    const own = await suite.own({ project, results, run });
    const between = performance.now();
    const args = ['run', '--json', '--retries', '0', ...suite.args];
    const report = JSON.parse(await run(process.execPath, [BIN, ...args])) as Report;
    const after = performance.now();

    const ours = countReport(report);
    t.diagnostic(`own command: ${JSON.stringify(own)} in ${Math.round(between - before)} ms`);
    t.diagnostic(`pindown run: ${JSON.stringify(ours)} in ${Math.round(after - between)} ms`);
    assert.ok(own.passed > 1, 'the framework itself ran no tests');
    assert.deepEqual(ours, own);
    assert.equal(report.run.exitCode, 0);
    assert.equal(report.totals.passed + report.totals.skipped, report.totals.planned);
  });
}

/** The project; what is installed with this repository is found above it, its own packages first. */
function copy({ from, files = {} }: RealSuite, root: string): string {
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'dir');
  const project = join(root, 'project');
  mkdirSync(project);
  for (const [name, source] of Object.entries(from)) {
    cpSync(source, join(project, name), { recursive: true, dereference: true });
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), text);
  }
  return project;
}

async function execute(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  return await new Promise((resolve, reject) => {
    execFile(program, args, { cwd, env, maxBuffer: MAX_BYTES }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${error.message}\n${stdout}\n${stderr}`, { cause: error }));
    });
  });
}
