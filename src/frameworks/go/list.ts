import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { environmentError, usageError } from '../../core/errors.ts';
import type { Unit } from '../../core/unit.ts';
import type { ListContext, ProcessResult, Suite } from '../framework.ts';
import { type Taken, readTaken, takeCommand } from '../taken/taken.ts';
import { failureData, takenData } from '../taken/unit-data.ts';
import { namesPackages, quoted } from './arguments.ts';
import { type BuildOutput, readBuildOutput } from './build-output.ts';
import { anyMatches, declaredTests } from './declared-tests.ts';

/** Building everything, from nothing, on a slow machine. */
const BUILD_TIMEOUT_MS = 30 * 60_000;

/** How much of the go command's own words an error repeats, in characters from their end. */
const WORDS_LENGTH = 4_000;

/** Of files in the go command's own directory, which is gone by the time the binary runs. */
const GONE = /^-test\.(?:testlogfile|coverprofile|gocoverdir)=/;

/**
 * Builds the tests of all packages; the units are those that have any. A package that can't be
 * built is a unit, too: it fails `go test`.
 */
export async function list(suite: Suite, context: ListContext): Promise<readonly Unit[]> {
  const taken = join(context.scratch, 'taken');
  await mkdir(taken, { recursive: true });
  const patterns = namesPackages(suite.args) ? [] : await ownPackages(suite, context);
  context.say(`building the tests of ${patterns.join(' ') || suite.args.join(' ')}`);
  const exec = takeCommand('copy', taken).map(quoted).join(' ');
  const result = await context.run(
    // The cache would answer instead of the tests, and the limit is Pindown's; both can be given.
    ['go', 'test', '-json', '-count=1', '-timeout=0', '-exec', exec, ...patterns, ...suite.args],
    { cwd: suite.dir, timeoutMs: BUILD_TIMEOUT_MS },
  );
  const output = readBuildOutput(result.stdout, result.stderr);
  check(result, output);
  const units: Unit[] = [];
  for (const start of await readTaken(taken, context.env)) {
    const path = output.taken.get(start.name);
    if (path === undefined) throw new Error(`Expected the package of ${start.name}`);
    if (await hasTests(start)) units.push(unit(suite, path, takenData(kept(start))));
  }
  for (const [path, why] of output.broken) {
    const file = join(context.scratch, `broken-${units.length}.txt`);
    await writeFile(file, `${why}\n`);
    units.push(unit(suite, path, failureData(file)));
  }
  return units.sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
}

/** Every package below; in a workspace those of its modules, as `./...` means only one of them. */
async function ownPackages(suite: Suite, context: ListContext): Promise<readonly string[]> {
  const { stdout } = await context.run(['go', 'env', 'GOWORK'], { cwd: suite.dir });
  if (stdout.trim() === '' || stdout.trim() === 'off') return ['./...'];
  const modules = await context.run(['go', 'list', '-m', '-f', '{{.Dir}}'], { cwd: suite.dir });
  const below = modules.stdout
    .split('\n')
    .filter((dir) => dir !== '')
    .map((dir) => relative(suite.dir, dir))
    .filter((path) => path !== '..' && !path.startsWith(`..${sep}`));
  return below.length === 0 ? ['./...'] : below.map((path) => `./${join(path, '...')}`);
}

function check({ ending, stderr, timedOut }: ProcessResult, output: BuildOutput): void {
  const words = stderr.trim().slice(-WORDS_LENGTH);
  const [failed] = output.failed;
  if (timedOut) {
    throw environmentError(
      'go-build-timeout',
      `go test did not build its tests in time:\n${words}`,
    );
  }
  if (failed !== undefined) {
    throw environmentError(
      'go-take-failed',
      `The test binary of ${failed[0]} could not be kept:\n${failed[1].slice(-WORDS_LENGTH)}\n${words}`,
      'Is there room left in the temporary directory?',
    );
  }
  if (ending.exitCode === 0 || output.taken.size + output.broken.size > 0) return;
  if (/matched no packages|no packages to test/.test(stderr)) return;
  if (/^(?:flag provided but not defined|usage: go )/m.test(stderr)) {
    throw usageError('go-usage', `go test refuses its arguments:\n${words}`);
  }
  throw environmentError(
    'go-list-failed',
    `go test could not list its packages:\n${words}`,
    'Does `go vet ./...` work there?',
  );
}

/** With `-run`, a package in which nothing is asked for is no unit. */
async function hasTests({ cwd, args }: Taken): Promise<boolean> {
  const run = args.findLast((arg) => arg.startsWith('-test.run='));
  if (run === undefined) return true;
  const declared = await declaredTests(cwd);
  return anyMatches(run.slice(run.indexOf('=') + 1), declared.keys());
}

function kept(start: Taken): Taken {
  return { ...start, args: start.args.filter((arg) => !GONE.test(arg)) };
}

function unit(suite: Suite, path: string, data: Unit['data']): Unit {
  return {
    id: `${suite.name}:${path}`,
    suite: suite.name,
    framework: 'go',
    kind: 'package',
    path,
    file: null,
    data,
  };
}
