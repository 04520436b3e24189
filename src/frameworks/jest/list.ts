import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { environmentError, isSystemError, usageError } from '../../core/errors.ts';
import type { Unit } from '../../core/unit.ts';
import { fileUnits } from '../file-units.ts';
import type { ListContext, ProcessResult, Suite } from '../framework.ts';
import { findInstalled } from '../package-json.ts';
import { jestMissing } from './detect.ts';
import { startOf } from './start.ts';

const LIST = join(import.meta.dirname, 'list.cjs');

/** The oldest major version that list.cjs and run.cjs have been tried with. */
const OLDEST = 29;

/** How much of Jest's own words an error repeats, in characters from their end. */
const WORDS_LENGTH = 4_000;

/** What list.cjs writes. */
const Listing = v.object({
  /** By file: in how many projects it runs. */
  runs: v.record(v.string(), v.number()),
  maxWorkers: v.nullable(v.number()),
});
type Listing = v.InferOutput<typeof Listing>;

/** The files that the suite's own `jest` would run, by the word of the project's Jest. */
export async function list(suite: Suite, context: ListContext): Promise<readonly Unit[]> {
  await checkVersion(suite);
  const { nodeArgs, env } = startOf(suite);
  const out = join(context.scratch, `jest-${suite.name.replaceAll(/\W/g, '_')}.json`);
  const result = await context.run(['node', ...nodeArgs, LIST, out, ...suite.args], {
    cwd: suite.dir,
    env,
  });
  const listing = await readListing(out);
  // Its status says nothing: list.cjs ends itself as soon as the whole of it is there.
  if (listing === null) throw listFailed(result);
  const limit: Unit['data'] =
    listing.maxWorkers === null ? {} : { maxWorkers: String(listing.maxWorkers) };
  return fileUnits(
    suite,
    Object.entries(listing.runs).map(([file, runs]) => ({
      file,
      data: runs === 1 ? limit : { ...limit, runs: String(runs) },
    })),
  );
}

async function checkVersion(suite: Suite): Promise<void> {
  const installed = await findInstalled(suite.dir, 'jest');
  if (installed === null) throw jestMissing(suite.dir);
  if (Number.parseInt(installed.version, 10) >= OLDEST) return;
  throw usageError(
    'jest-too-old',
    `Expected Jest ${OLDEST} or newer, got ${installed.version} (${installed.dir})`,
    'Upgrade it (npm i -D jest@latest), or run it as a whole: pindown run -- npx jest',
  );
}

async function readListing(out: string): Promise<Listing | null> {
  try {
    return v.parse(Listing, JSON.parse(await readFile(out, 'utf8')));
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return null;
    throw error;
  }
}

function listFailed(result: ProcessResult): Error {
  const late = result.timedOut ? ' in time' : '';
  const words = result.stderr.trim() || result.stdout.trim() || 'it said nothing';
  return environmentError(
    'jest-list-failed',
    `Jest could not list its test files${late}:\n${words.slice(-WORDS_LENGTH)}`,
    'Does `npx jest --listTests` work there?',
  );
}
