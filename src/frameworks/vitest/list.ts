import { join } from 'node:path';
import * as v from 'valibot';
import { usageError } from '../../core/errors.ts';
import type { Unit } from '../../core/unit.ts';
import { checkVersion } from '../check-version.ts';
import { fileUnits } from '../file-units.ts';
import type { ListContext, Suite } from '../framework.ts';
import { listFailed } from '../list-failed.ts';
import { readListing } from '../read-listing.ts';
import { vitestMissing } from './detect.ts';
import { startOf } from './start.ts';

const LIST = join(import.meta.dirname, 'list.mjs');

const VITEST = { name: 'vitest', title: 'Vitest' };

/** The oldest major version whose reporters are told what list.mjs and run.mjs need. */
const OLDEST = 3;

/** What list.mjs writes. */
const Listing = v.object({ files: v.array(v.string()), browser: v.boolean() });

/** The files that the suite's own `vitest run` would run, by the word of the project's Vitest. */
export async function list(suite: Suite, context: ListContext): Promise<readonly Unit[]> {
  await checkVersion(suite, {
    ...VITEST,
    oldest: OLDEST,
    command: 'npx vitest run',
    missing: vitestMissing,
  });
  const { nodeOptions, env } = startOf(suite);
  const out = join(context.scratch, `vitest-${suite.name.replaceAll(/\W/g, '_')}.json`);
  const result = await context.run(['node', ...nodeOptions, LIST, out, ...suite.args], {
    cwd: suite.dir,
    env,
  });
  const listing = await readListing(out, Listing);
  // Its status says nothing: list.mjs ends itself as soon as the whole of it is there.
  if (listing === null)
    throw listFailed({ ...VITEST, advice: 'npx vitest list --filesOnly' }, result);
  if (listing.browser) {
    throw usageError(
      'vitest-browser-mode',
      `The Vitest suite in ${suite.dir} runs in browser mode, which Pindown does not support`,
      'Leave its browser projects out: args = ["--project", "<one that runs in Node>"] in the ' +
        "[[suite]] of pindown.toml, or run them by Vitest's own command.",
    );
  }
  return fileUnits(
    suite,
    listing.files.map((file) => ({ file, data: {} })),
  );
}
