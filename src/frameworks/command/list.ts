import { glob, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { PindownError, isSystemError, usageError } from '../../core/errors.ts';
import { isGlob } from '../../core/glob.ts';
import type { Unit } from '../../core/unit.ts';
import type { ListContext, Suite } from '../framework.ts';
import { refuseUndecodable, undecodableName } from '../undecodable-name.ts';
import { resultsMode } from './mode.ts';

const USAGE = "Write it as: pindown run 'checks/*.sh' -- sh {unit}";

/**
 * The files that `Suite.data.patterns` name: globs (a shell's rules: `*` leaves out names that
 * begin with a dot) and paths, relative to the suite's directory. Directories are no units.
 *
 * @throws PindownError where a path is not there or a glob matches no file, and where the command
 *   or the patterns are missing; where a file's name is not UTF-8
 */
export async function list(
  suite: Suite,
  { say }: Pick<ListContext, 'say'>,
): Promise<readonly Unit[]> {
  resultsMode(suite);
  const { patterns = [] } = suite.data;
  const selectors = typeof patterns === 'string' ? [patterns] : patterns;
  if (suite.args.length === 0) {
    throw usageError('no-command', 'There is no command to run for each unit.', USAGE);
  }
  if (selectors.length === 0) {
    throw usageError('no-patterns', 'There are no files to run the command on.', USAGE);
  }
  const unread = new Set<string>();
  const leaveOut = (dir: string): void => {
    if (!unread.has(dir)) say(`nothing is looked for in ${dir}: its name is not UTF-8`);
    unread.add(dir);
  };
  const files = new Set<string>();
  for (const selector of selectors) {
    for (const file of await filesOf(selector, suite.dir, leaveOut)) files.add(file);
  }
  for (const file of files) refuseUndecodable(file);
  return [...files].map((file) => unit(suite, file)).sort(byPath);
}

/** @param leaveOut is called with each directory that a glob can't enter, as people may read it */
async function filesOf(
  selector: string,
  dir: string,
  leaveOut: (dir: string) => void,
): Promise<readonly string[]> {
  const literal = resolve(dir, selector);
  // Names before globs: a file may be called `[id].sh`.
  const kind = await kindOf(literal);
  if (kind === 'file') return [literal];
  if (kind === 'directory') {
    throw usageError(
      'unit-is-directory',
      `${JSON.stringify(selector)} is a directory, and a command runs on files.`,
      `Name the files in it: ${JSON.stringify(`${selector.replace(/\/+$/, '')}/*`)}`,
    );
  }
  if (!isGlob(selector)) {
    refuseUndecodable(literal);
    throw usageError(
      'unit-missing',
      `There is no file ${JSON.stringify(selector)} in ${dir}.`,
      'Paths count from the directory of the suite; a glob must be in quotes.',
    );
  }
  const found: string[] = [];
  const exclude = (path: string): boolean => {
    const name = undecodableName(resolve(dir, path));
    if (name === null || !name.isDirectory) return false;
    leaveOut(join(name.dir, name.shown));
    return true;
  };
  for await (const path of glob(selector, { cwd: dir, exclude })) {
    const file = resolve(dir, path);
    // A link that leads nowhere stays: its command says what is wrong with it.
    if ((await kindOf(file)) !== 'directory') found.push(file);
  }
  if (found.length === 0) {
    throw new PindownError('no-match', `No file in ${dir} matches ${JSON.stringify(selector)}.`, {
      exitCode: 4,
      hint: 'Directories are no units, and * leaves out names that begin with a dot.',
    });
  }
  return found;
}

async function kindOf(path: string): Promise<'file' | 'directory' | null> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  }
}

function unit(suite: Suite, file: string): Unit {
  const path = slashes(relative(suite.projectRoot, file));
  return {
    id: `${suite.name}:${path}`,
    suite: suite.name,
    framework: 'command',
    kind: 'command',
    path,
    file,
    data: { argument: argument(slashes(relative(suite.dir, file))) },
  };
}

/** The path as the command gets it: never like an option. */
function argument(path: string): string {
  return path.startsWith('-') ? `./${path}` : path;
}

function slashes(path: string): string {
  return path.replaceAll(sep, '/');
}

function byPath(a: Unit, b: Unit): number {
  return a.path < b.path ? -1 : Number(a.path > b.path);
}
