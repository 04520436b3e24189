import { readdir } from 'node:fs/promises';
import { type PindownError, usageError } from '../../core/errors.ts';
import type { Detection, Place } from '../framework.ts';
import { findInstalled, type PackageJson, readPackageJson } from '../package-json.ts';
import { packCommands } from '../suite-commands.ts';
import { findProgram, type ProgramCall, testCommands } from '../test-script.ts';

/** https://jestjs.io/docs/configuration */
const CONFIG = /^jest\.config\.(?:[cm]?[jt]s|json)$/;

/** Options with which the command runs no test. */
const NO_RUN = new Set(['--clearCache', '--init', '--listTests', '--showConfig', '--version']);

interface Sign extends Pick<Detection, 'strength' | 'because'> {
  /** How the project's own command calls Jest; null where it has none. */
  readonly call: ProgramCall | null;
}

/** By the test script, by Jest's configuration, or by the dependency. */
export async function detect(place: Place): Promise<Detection | null> {
  const pkg = await readPackageJson(place.dir);
  const sign = await findSign(place, pkg);
  if (sign === null) return null;
  const installed = await findInstalled(place.dir, 'jest');
  if (installed === null && place.forced) throw jestMissing(place.dir);
  const { strength, because, call } = sign;
  const commands =
    call === null ? [] : [{ args: [], nodeArgs: nodeArgsOf(call.before), env: call.env }];
  return {
    strength,
    because,
    version: installed?.version ?? null,
    args: call?.args ?? [],
    data: { commands: packCommands(commands), path: place.env['PATH'] ?? '' },
  };
}

/** The error for a directory in which Jest can't be resolved. */
export function jestMissing(dir: string): PindownError {
  return usageError(
    'jest-missing',
    `Jest is not installed: there is no node_modules/jest in ${dir} or above it`,
    'Install what package.json asks for (npm ci), or Jest itself (npm i -D jest).',
  );
}

async function findSign(place: Place, pkg: PackageJson | null): Promise<Sign | null> {
  const calls = (pkg === null ? [] : testCommands(pkg)).flatMap((command) => {
    const call = findProgram(command, 'jest', place.dir);
    return call === null || call.args.some((word) => NO_RUN.has(word)) ? [] : [call];
  });
  const [call] = calls;
  if (call !== undefined) return { strength: 3, because: becauseOf(calls), call };
  const config = (await readdir(place.dir)).sort().find((name) => CONFIG.test(name));
  if (config !== undefined) return { strength: 2, because: `${config} is there`, call: null };
  if (pkg?.raw['jest'] !== undefined) {
    return { strength: 2, because: 'package.json configures jest', call: null };
  }
  if (pkg?.dependencies.has('jest') === true) {
    return { strength: 1, because: 'package.json depends on jest', call: null };
  }
  return place.forced ? { strength: 1, because: 'named by the user', call: null } : null;
}

function becauseOf(calls: readonly ProgramCall[]): string {
  const [first, ...others] = [...new Set(calls.map(({ text }) => `"${text}"`))];
  if (others.length === 0) return `package.json runs ${first}`;
  return `package.json runs ${first}; not taken: ${others.join(', ')} (a [[suite]] each in pindown.toml)`;
}

/** `node --experimental-vm-modules node_modules/jest/bin/jest.js`: what is meant for node. */
function nodeArgsOf(before: readonly string[]): readonly string[] {
  const node = before.lastIndexOf('node');
  return node === -1 ? [] : before.slice(node + 1);
}
