import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** How a build tool would start one of its test binaries, as it told take.sh. */
export interface Taken {
  /** The name of its directory, as take.sh printed it. */
  readonly name: string;
  /** Absolute. */
  readonly cwd: string;
  readonly binary: string;
  readonly args: readonly string[];
  /** What the tool changed in the environment it was given; null where it took a variable out. */
  readonly env: Readonly<Record<string, string | null>>;
}

/** The command by which a build tool is told to start its binaries. */
export function takeCommand(how: 'copy' | 'leave', directory: string): readonly string[] {
  return ['sh', join(import.meta.dirname, 'take.sh'), how, directory];
}

/** Not set by the tool, but by the shell that runs take.sh, or by Pindown for the listing alone. */
const NOT_THE_TOOLS = /^(?:_|SHLVL|OLDPWD|PINDOWN_\w+)$/;

/**
 * Everything that was taken into the directory.
 *
 * @param given the environment that the tool was started with
 */
export async function readTaken(
  directory: string,
  given: Readonly<Record<string, string>>,
): Promise<readonly Taken[]> {
  const taken: Taken[] = [];
  for (const name of (await readdir(directory)).sort()) {
    const [cwd, binary, ...args] = strings(await readFile(join(directory, name, 'argv'), 'utf8'));
    if (cwd === undefined || binary === undefined) throw new Error(`Expected a start in ${name}`);
    const env = changes(given, strings(await readFile(join(directory, name, 'env'), 'utf8')));
    taken.push({ name, cwd, binary, args, env });
  }
  return taken;
}

function strings(text: string): string[] {
  return text.split('\0').slice(0, -1);
}

function changes(
  given: Readonly<Record<string, string>>,
  lines: readonly string[],
): Record<string, string | null> {
  const env: Record<string, string | null> = {};
  for (const name of Object.keys(given)) env[name] = null;
  for (const line of lines) {
    const end = line.indexOf('=', 1);
    const name = line.slice(0, end);
    const value = line.slice(end + 1);
    if (given[name] === value) delete env[name];
    else env[name] = value;
  }
  return Object.fromEntries(Object.entries(env).filter(([name]) => !NOT_THE_TOOLS.test(name)));
}
