import { join } from 'node:path';
import * as v from 'valibot';
import { usageError } from '../../core/errors.ts';
import type { Unit } from '../../core/unit.ts';
import { fileUnits, type FoundFile } from '../file-units.ts';
import type { ListContext, ProcessResult, Suite } from '../framework.ts';
import { findInstalled } from '../package-json.ts';
import { readListing } from '../read-listing.ts';
import type { SuiteCommand } from '../suite-commands.ts';
import { wordsOf } from '../words-of.ts';
import { mochaCommands } from './commands.ts';
import { mochaMissing } from './detect.ts';

const LIST = join(import.meta.dirname, 'list.mjs');

/** What list.mjs writes. */
const Listing = v.object({
  files: v.array(v.string()),
  nodeArgs: v.array(v.string()),
  bin: v.string(),
});
type Listing = v.InferOutput<typeof Listing>;

/** The files that the suite's mocha commands would run, by the word of the project's own mocha. */
export async function list(suite: Suite, context: ListContext): Promise<readonly Unit[]> {
  const mocha = await findInstalled(suite.dir, 'mocha');
  if (mocha === null) throw mochaMissing(suite.dir);
  const found: FoundFile[] = [];
  for (const [index, command] of mochaCommands(suite).entries()) {
    const name = `mocha-${suite.name.replaceAll(/\W/g, '_')}-${index}.json`;
    const out = join(context.scratch, name);
    const { files, nodeArgs, bin } = await ask(command, { out, mocha: mocha.dir, suite, context });
    const data = {
      command: String(index),
      mocha: mocha.dir,
      bin,
      nodeArgs: JSON.stringify(nodeArgs),
    };
    found.push(...files.map((file) => ({ file, data })));
  }
  return fileUnits(suite, found);
}

async function ask(
  command: SuiteCommand,
  {
    out,
    mocha,
    suite,
    context,
  }: { out: string; mocha: string; suite: Suite; context: ListContext },
): Promise<Listing> {
  const result = await context.run(['node', LIST, out, mocha, ...command.args], {
    cwd: suite.dir,
    env: command.env,
  });
  const listing = await readListing(out, Listing);
  if (listing !== null) return listing;
  // Mocha's own lookup ends the process where nothing matches.
  if (/No test files found/.test(result.stderr)) return { files: [], nodeArgs: [], bin: '' };
  throw listFailed(result);
}

function listFailed(result: ProcessResult): Error {
  return usageError(
    'mocha-list-failed',
    `mocha could not say which files it runs:\n${wordsOf(result)}`,
    'Does `npx mocha --dry-run` work? Pindown needs mocha 8 or newer, and Node 18.19 or newer.',
  );
}
