import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { environmentError, usageError } from '../../core/errors.ts';
import type { Unit } from '../../core/unit.ts';
import { fileUnits, type FoundFile } from '../file-units.ts';
import type { ListContext, ProcessResult, Suite } from '../framework.ts';
import { wordsOf } from '../words-of.ts';
import { type NodeCommand, nodeCommands } from './commands.ts';

const LIST = join(import.meta.dirname, 'list.mjs');

/** The exit status of list.mjs where a named file is not there. */
const MISSING = 3;

/** Node's options that decide whether TypeScript files are test files. */
const TYPES = /^--(?:no-)?(?:experimental-)?(?:strip|transform)-types$/;

const Files = v.array(v.string());

/** The files that the suite's `node --test` commands would run, by the word of the user's Node. */
export async function list(suite: Suite, context: ListContext): Promise<readonly Unit[]> {
  const found: FoundFile[] = [];
  for (const [index, command] of nodeCommands(suite).entries()) {
    for (const file of await listCommand(command, suite, context)) {
      found.push({ file: resolve(suite.dir, file), data: { command: String(index) } });
    }
  }
  return fileUnits(suite, found);
}

async function listCommand(
  command: NodeCommand,
  suite: Suite,
  context: ListContext,
): Promise<readonly string[]> {
  const types = command.kept.filter((word) => TYPES.test(word));
  const result = await context.run(['node', ...types, LIST, ...command.patterns], {
    cwd: suite.dir,
    env: command.env,
  });
  if (result.ending.exitCode === MISSING || result.stderr.startsWith('Could not find')) {
    throw usageError(
      'test-file-missing',
      `node --test: ${result.stderr.trim()}`,
      'The test script names it. Does it have to be built first?',
    );
  }
  return parse(result);
}

function parse(result: ProcessResult): readonly string[] {
  if (result.ending.exitCode === 0) {
    try {
      return v.parse(Files, JSON.parse(result.stdout));
    } catch (error) {
      throw listFailed(result, error);
    }
  }
  throw listFailed(result);
}

function listFailed(result: ProcessResult, cause?: unknown): Error {
  return environmentError(
    'node-test-list-failed',
    `node could not say which files \`node --test\` runs: ${wordsOf(result)}`,
    'Pindown needs Node 18.19 or newer as `node` on PATH for the suite.',
    cause,
  );
}
