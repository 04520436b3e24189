import { join } from 'node:path';
import * as v from 'valibot';
import { environmentError, usageError } from '../../core/errors.ts';
import type { Unit } from '../../core/unit.ts';
import { fileUnits } from '../file-units.ts';
import type { ListContext, ProcessResult, Suite } from '../framework.ts';
import { readListing } from '../read-listing.ts';
import { activated, wayOf } from './command.ts';
import { pytestMissing } from './detect.ts';
import { virtualEnvironmentOf } from './python.ts';

const LIST = join(import.meta.dirname, 'list.py');

/** The exit status of list.py where its Python has no pytest. */
const NO_PYTEST = 86;

/** pytest's exit status for arguments, an ini file or a conftest.py that it refuses. */
const USED_WRONGLY = 4;

/** How much of pytest's own words an error repeats, in characters from their end. */
const WORDS_LENGTH = 4_000;

/** What list.py writes. */
const Listing = v.object({
  files: v.array(v.string()),
  collected: v.boolean(),
  errors: v.array(v.string()),
  status: v.number(),
  coverage: v.boolean(),
  plugins: v.array(v.string()),
  python: v.string(),
  version: v.string(),
});
type Listing = v.InferOutput<typeof Listing>;

/** The files that the suite's own pytest command would run; nothing but conftest.py is imported. */
export async function list(suite: Suite, context: ListContext): Promise<readonly Unit[]> {
  const pythons = suite.data['pythons'] ?? [];
  for (const candidate of typeof pythons === 'string' ? [pythons] : pythons) {
    const venv = await inactiveEnvironment(candidate, context);
    const out = join(context.scratch, `pytest-${suite.name.replaceAll(/\W/g, '_')}.json`);
    const result = await context.run([candidate, LIST, wayOf(suite), out, ...suite.args], {
      cwd: suite.dir,
      env: venv === null ? {} : withoutNulls(activated(venv, suite)),
    });
    if (result.ending.exitCode === NO_PYTEST) continue;
    const listing = check(await readListing(out, Listing), result);
    if (listing.coverage) {
      context.say(
        'pytest-cov: each unit keeps its data in a .coverage.* file of its own; ' +
          '`coverage combine && coverage report` makes the report',
      );
    }
    const data = {
      python: listing.python,
      plugins: listing.plugins.filter((name) => !name.includes(' ')).join(' '),
      ...(venv === null ? {} : { venv }),
    };
    return fileUnits(
      suite,
      listing.files.map((file) => ({ file, data })),
    );
  }
  throw pytestMissing(typeof pythons === 'string' ? [pythons] : pythons);
}

/** The virtual environment of that Python, unless it is active already or there is none. */
async function inactiveEnvironment(python: string, context: ListContext): Promise<string | null> {
  const venv = await virtualEnvironmentOf(python);
  return venv === context.env['VIRTUAL_ENV'] ? null : venv;
}

function withoutNulls(env: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** The listing where pytest could make it, else an error with pytest's own words. */
function check(listing: Listing | null, result: ProcessResult): Listing {
  const words = (listing?.errors.join('\n') ?? '') || result.stderr.trim() || result.stdout.trim();
  const late = result.timedOut ? ' in time' : '';
  const message = `pytest could not collect its files${late}:\n${words.slice(-WORDS_LENGTH)}`;
  if (listing === null) {
    throw environmentError('pytest-list-failed', message, 'Does `pytest --collect-only` work?');
  }
  const [major = 0, minor = 0] = listing.version.split('.').map(Number);
  if (major < 6 || (major === 6 && minor < 2)) {
    throw usageError(
      'pytest-too-old',
      `Expected pytest 6.2 or newer, got ${listing.version} (${listing.python})`,
      'Install a newer one in the project’s environment.',
    );
  }
  if (!listing.collected && listing.status === USED_WRONGLY) {
    throw usageError(
      'pytest-usage',
      message,
      'pytest itself refuses its arguments, its configuration or a conftest.py; see its message.',
    );
  }
  // Its status is not asked further: a hook may have set one, and pytest found no test at all.
  if (!listing.collected || listing.errors.length > 0) {
    throw environmentError('pytest-list-failed', message, 'Does `pytest --collect-only` work?');
  }
  return listing;
}
