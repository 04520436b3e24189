import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { usageError } from '../../core/errors.ts';
import type { Detection, Place } from '../framework.ts';
import { findInstalled, type PackageJson, readPackageJson } from '../package-json.ts';
import { packCommands } from '../suite-commands.ts';
import { findProgram, type ProgramCall, testCommands } from '../test-script.ts';

/** Mocha's configuration files, in the order in which it looks for them. */
const CONFIGS = [
  '.mocharc.cjs',
  '.mocharc.mjs',
  '.mocharc.js',
  '.mocharc.yaml',
  '.mocharc.yml',
  '.mocharc.jsonc',
  '.mocharc.json',
];

/** By the test script, by mocha's configuration, or by the dependency. */
export async function detect(place: Place): Promise<Detection | null> {
  const pkg = await readPackageJson(place.dir);
  const calls = (pkg === null ? [] : testCommands(pkg)).flatMap(
    (command) => findProgram(command, 'mocha', place.dir) ?? [],
  );
  const sign = signOf(calls) ?? (await configSign(place.dir, pkg));
  if (sign === null && !place.forced) return null;
  const installed = await findInstalled(place.dir, 'mocha');
  if (installed === null && place.forced) throw mochaMissing(place.dir);
  return {
    ...(sign ?? { strength: 1, because: 'named by the user' }),
    version: installed?.version ?? null,
    args: [],
    data: {
      commands: packCommands(calls.map((call) => ({ ...call, nodeArgs: nodeArgsOf(call) }))),
      path: place.env['PATH'] ?? '',
    },
  };
}

type Sign = Pick<Detection, 'strength' | 'because'>;

function signOf(calls: readonly ProgramCall[]): Sign | null {
  if (calls.length === 0) return null;
  const texts = [...new Set(calls.map(({ text }) => `"${text}"`))].join(' and ');
  return { strength: 3, because: `package.json runs ${texts}` };
}

async function configSign(dir: string, pkg: PackageJson | null): Promise<Sign | null> {
  for (const name of CONFIGS) {
    const there = await access(join(dir, name)).then(
      () => true,
      () => false,
    );
    if (there) return { strength: 2, because: `${name} is there` };
  }
  if (pkg?.raw['mocha'] !== undefined) {
    return { strength: 2, because: 'package.json configures mocha' };
  }
  return pkg?.dependencies.has('mocha') === true
    ? { strength: 1, because: 'package.json depends on mocha' }
    : null;
}

/** What stands between the last `node` and mocha: `node --import tsx node_modules/.bin/mocha`. */
function nodeArgsOf({ before }: ProgramCall): readonly string[] {
  const at = before.lastIndexOf('node');
  return at === -1 ? [] : before.slice(at + 1);
}

/** The error for a project that wants mocha and has not installed it. */
export function mochaMissing(dir: string): Error {
  return usageError(
    'mocha-missing',
    `mocha is not installed for ${dir}: there is no node_modules/mocha in it or above it.`,
    "Install the project's dependencies (`npm ci`), or add it with `npm install --save-dev mocha`.",
  );
}
