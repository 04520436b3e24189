import type { Detection, Place } from '../framework.ts';
import { readPackageJson } from '../package-json.ts';
import { packCommands } from '../suite-commands.ts';
import { findProgram, type ScriptCommand, testCommands } from '../test-script.ts';
import { parseNodeArguments } from './arguments.ts';
import { findTellingFile } from './telling-file.ts';

/** A command of the project that runs `node --test`. */
interface TestCall {
  /** As it is written. */
  readonly text: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** By the test script, or by test files that import node:test. */
export async function detect(place: Place): Promise<Detection | null> {
  const pkg = await readPackageJson(place.dir);
  const calls = (pkg === null ? [] : testCommands(pkg)).flatMap(
    (command) => testCall(command, place.dir) ?? [],
  );
  const detection = {
    version: null,
    args: [],
    data: {
      commands: packCommands(calls.map((call) => ({ ...call, nodeArgs: [] }))),
      path: place.env['PATH'] ?? '',
    },
  };
  if (calls.length > 0) {
    const texts = [...new Set(calls.map(({ text }) => `"${text}"`))].join(' and ');
    return { ...detection, strength: 3, because: `package.json runs ${texts}` };
  }
  const telling = await findTellingFile(place.dir);
  if (telling !== null) {
    return { ...detection, strength: 1, because: `${telling} imports node:test` };
  }
  return place.forced ? { ...detection, strength: 1, because: 'named by the user' } : null;
}

function testCall(command: ScriptCommand, dir: string): TestCall | null {
  const node = findProgram(command, 'node', dir);
  if (node !== null && parseNodeArguments(node.args).test) return node;
  // `tsx --test` is `node --import tsx --test` (https://tsx.is/node-enhancement).
  const tsx = findProgram(command, 'tsx', dir);
  if (tsx !== null && parseNodeArguments(tsx.args).test) {
    return { ...tsx, args: ['--import', 'tsx', ...tsx.args] };
  }
  return null;
}
