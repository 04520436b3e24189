import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { headOf } from '../../core/file-ends.ts';

/** Enough of a script for its first lines; the paths in them may be long. */
const HEAD_BYTES = 4096;

/**
 * The Python interpreters that may be the project's own, the likeliest first, absolute: of the
 * active virtual environment, of one in the project, of the `pytest` on `PATH`, then those on
 * `PATH`. Each is there and may be executed; whether it has pytest is not asked here.
 */
export async function pythonCandidates(
  dir: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const path = (env['PATH'] ?? '').split(delimiter).filter((part) => isAbsolute(part));
  const environments = [env['VIRTUAL_ENV'], join(dir, '.venv'), join(dir, 'venv')];
  const guesses = [
    ...environments.flatMap((root) =>
      root === undefined || root === '' ? [] : [join(root, 'bin', 'python')],
    ),
    ...(await ofPytestOnPath(path)),
    ...path.map((part) => join(part, 'python3')),
    ...path.map((part) => join(part, 'python')),
  ];
  const found: string[] = [];
  for (const guess of new Set(guesses)) if (await isExecutable(guess)) found.push(guess);
  return found;
}

/** The interpreter of the first `pytest` on `PATH`, by its first lines. */
async function ofPytestOnPath(path: readonly string[]): Promise<readonly string[]> {
  for (const part of path) {
    const script = join(part, 'pytest');
    if (!(await isExecutable(script))) continue;
    const interpreter = interpreterOf(headOf(script, HEAD_BYTES).toString());
    if (interpreter === null) {
      // A shim (pyenv, asdf, mise): those of Python lie beside it and choose the same version.
      return [join(part, 'python3'), join(part, 'python')];
    }
    return isAbsolute(interpreter) ? [interpreter] : path.map((other) => join(other, interpreter));
  }
  return [];
}

/**
 * The interpreter that a console script names: an absolute path, or a name to be looked for on
 * `PATH`; null for a program that is no Python script. Where the path is too long for `#!`, pip
 * and uv write a shell script whose second line is `'''exec' "/long/path/python" "$0" "$@"`.
 */
export function interpreterOf(head: string): string | null {
  const [first = '', second = ''] = head.split('\n');
  const words = first.startsWith('#!') ? first.slice(2).trim().split(/\s+/) : [];
  const [program = '', argument = ''] = words;
  if (basename(program) === 'env') return isPython(argument) ? argument : null;
  if (isPython(program)) return program;
  const exec = /^'''exec'\s+(?:"([^"]+)"|'([^']+)'|(\S+))/.exec(second);
  return exec?.[1] ?? exec?.[2] ?? exec?.[3] ?? null;
}

function isPython(program: string): boolean {
  return /^(?:python|pypy)[\d.]*$/.test(basename(program));
}

async function isExecutable(file: string): Promise<boolean> {
  return await allows(file, constants.X_OK);
}

/** The virtual environment that the interpreter belongs to (`pyvenv.cfg`, PEP 405), or null. */
export async function virtualEnvironmentOf(python: string): Promise<string | null> {
  const root = dirname(dirname(python));
  return (await allows(join(root, 'pyvenv.cfg'), constants.R_OK)) ? root : null;
}

async function allows(file: string, mode: number): Promise<boolean> {
  try {
    await access(file, mode);
    return true;
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}
