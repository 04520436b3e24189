import { join } from 'node:path';
import * as v from 'valibot';
import type { Unit } from '../../core/unit.ts';
import { checkVersion } from '../check-version.ts';
import { fileUnits } from '../file-units.ts';
import type { ListContext, Suite } from '../framework.ts';
import { listFailed } from '../list-failed.ts';
import { readListing } from '../read-listing.ts';
import { jestMissing } from './detect.ts';
import { startOf } from './start.ts';

const LIST = join(import.meta.dirname, 'list.cjs');

const JEST = { name: 'jest', title: 'Jest' };

/** The oldest major version that list.cjs and run.cjs have been tried with. */
const OLDEST = 29;

/** What list.cjs writes. */
const Listing = v.object({
  /** By file: in how many projects it runs. */
  runs: v.record(v.string(), v.number()),
  maxWorkers: v.nullable(v.number()),
});

/** The files that the suite's own `jest` would run, by the word of the project's Jest. */
export async function list(suite: Suite, context: ListContext): Promise<readonly Unit[]> {
  await checkVersion(suite, {
    ...JEST,
    oldest: OLDEST,
    command: 'npx jest',
    missing: jestMissing,
  });
  const { nodeArgs, env } = startOf(suite);
  const out = join(context.scratch, `jest-${suite.name.replaceAll(/\W/g, '_')}.json`);
  const result = await context.run(['node', ...nodeArgs, LIST, out, ...suite.args], {
    cwd: suite.dir,
    env,
  });
  const listing = await readListing(out, Listing);
  // Its status says nothing: list.cjs ends itself as soon as the whole of it is there.
  if (listing === null) throw listFailed({ ...JEST, advice: 'npx jest --listTests' }, result);
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
