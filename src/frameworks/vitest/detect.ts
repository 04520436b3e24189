import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, type PindownError, usageError } from '../../core/errors.ts';
import type { Detection, Place } from '../framework.ts';
import { findInstalled, type PackageJson, readPackageJson } from '../package-json.ts';
import { findProgram, type ProgramCall, testCommands } from '../test-script.ts';
import { packStart } from './start.ts';

const OWN_CONFIG = /^vitest\.(?:config|workspace|projects)\.(?:[cm]?[jt]s|json)$/;
const VITE_CONFIG = /^vite\.config\.[cm]?[jt]s$/;

/** Subcommands that run the tests, and those that do something else. */
const RUNS = new Set(['run', 'watch', 'dev']);
const OTHERS = new Set(['bench', 'doctor', 'init', 'list', 'related', 'typecheck']);

interface Sign {
  readonly strength: Detection['strength'];
  readonly because: string;
  readonly call: ProgramCall | null;
}

/** By the test script, by Vitest's configuration, or by a dependency. */
export async function detect(place: Place): Promise<Detection | null> {
  const pkg = await readPackageJson(place.dir);
  const sign = await findSign(place, pkg);
  if (sign === null) return null;
  const installed = await findInstalled(place.dir, 'vitest');
  if (installed === null && place.forced) throw vitestMissing(place.dir);
  const { strength, because, call } = sign;
  const [first, ...rest] = call?.args ?? [];
  return {
    strength,
    because,
    version: installed?.version ?? null,
    args: first === undefined || RUNS.has(first) ? rest : [first, ...rest],
    data: packStart(
      { nodeOptions: nodeOptionsOf(call?.before ?? []), env: call?.env ?? {} },
      place.env['PATH'] ?? '',
    ),
  };
}

/** The error for a directory in which Vitest can't be resolved. */
export function vitestMissing(dir: string): PindownError {
  return usageError(
    'vitest-missing',
    `Vitest is not installed: there is no node_modules/vitest in ${dir} or above it`,
    'Install what package.json asks for (npm ci), or Vitest itself (npm i -D vitest).',
  );
}

async function findSign(place: Place, pkg: PackageJson | null): Promise<Sign | null> {
  const calls = (pkg === null ? [] : testCommands(pkg)).flatMap((command) => {
    const call = findProgram(command, 'vitest', place.dir);
    return call === null || OTHERS.has(call.args[0] ?? '') ? [] : [call];
  });
  const [call] = calls;
  if (call !== undefined) return { strength: 3, because: becauseOf(calls), call };
  const config = await findConfig(place.dir);
  if (config !== null) return { strength: 2, because: `${config} is there`, call: null };
  if (pkg?.dependencies.has('vitest') === true) {
    return { strength: 1, because: 'package.json depends on vitest', call: null };
  }
  return place.forced ? { strength: 1, because: 'named by the user', call: null } : null;
}

function becauseOf(calls: readonly ProgramCall[]): string {
  const [first, ...others] = [...new Set(calls.map(({ text }) => `"${text}"`))];
  if (others.length === 0) return `package.json runs ${first}`;
  return `package.json runs ${first}; not taken: ${others.join(', ')} (a [[suite]] each in pindown.toml)`;
}

/** `node --expose-gc node_modules/.bin/vitest`: what is meant for node. */
function nodeOptionsOf(before: readonly string[]): readonly string[] {
  const node = before.indexOf('node');
  return node === -1 ? [] : before.slice(node + 1);
}

/** A configuration of Vitest's own, or one of Vite's that has a word of tests in it. */
async function findConfig(dir: string): Promise<string | null> {
  const names = (await readdir(dir)).sort();
  const own = names.find((name) => OWN_CONFIG.test(name));
  if (own !== undefined) return own;
  for (const name of names.filter((candidate) => VITE_CONFIG.test(candidate))) {
    if (/\btest\s*:|vitest/.test(await textOf(join(dir, name)))) return name;
  }
  return null;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    // A sign that can't be read is none; listing says what is wrong.
    if (isSystemError(error)) return '';
    throw error;
  }
}
