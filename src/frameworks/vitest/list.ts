import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { environmentError, isSystemError, usageError } from '../../core/errors.ts';
import type { Unit } from '../../core/unit.ts';
import { fileUnits } from '../file-units.ts';
import type { ListContext, ProcessResult, Suite } from '../framework.ts';
import { findInstalled } from '../package-json.ts';
import { vitestMissing } from './detect.ts';
import { startOf } from './start.ts';

const LIST = join(import.meta.dirname, 'list.mjs');

/** The oldest major version whose reporters are told what list.mjs and run.mjs need. */
const OLDEST = 3;

/** How much of Vitest's own words an error repeats, in characters from their end. */
const WORDS_LENGTH = 4_000;

/** What list.mjs writes. */
const Listing = v.object({ files: v.array(v.string()), browser: v.boolean() });
type Listing = v.InferOutput<typeof Listing>;

/** The files that the suite's own `vitest run` would run, by the word of the project's Vitest. */
export async function list(suite: Suite, context: ListContext): Promise<readonly Unit[]> {
  await checkVersion(suite);
  const { nodeOptions, env } = startOf(suite);
  const out = join(context.scratch, `vitest-${suite.name.replaceAll(/\W/g, '_')}.json`);
  const result = await context.run(['node', ...nodeOptions, LIST, out, ...suite.args], {
    cwd: suite.dir,
    env,
  });
  const listing = await readListing(out);
  // Its status says nothing: list.mjs ends itself as soon as the whole of it is there.
  if (listing === null) throw listFailed(result);
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

async function checkVersion(suite: Suite): Promise<void> {
  const installed = await findInstalled(suite.dir, 'vitest');
  if (installed === null) throw vitestMissing(suite.dir);
  if (Number.parseInt(installed.version, 10) >= OLDEST) return;
  throw usageError(
    'vitest-too-old',
    `Expected Vitest ${OLDEST} or newer, got ${installed.version} (${installed.dir})`,
    `Upgrade it (npm i -D vitest@latest), or run it as a whole: pindown run -- npx vitest run`,
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
    'vitest-list-failed',
    `Vitest could not list its test files${late}:\n${words.slice(-WORDS_LENGTH)}`,
    'Does `npx vitest list --filesOnly` work there?',
  );
}
