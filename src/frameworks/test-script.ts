import type { PackageJson } from './package-json.ts';
import { expandWord } from './shell-glob.ts';
import { type ShellWord, splitCommands } from './shell-words.ts';

/** A command that a project's test script comes to, its own `npm run` followed. */
export interface ScriptCommand {
  /** As it was written: `cross-env CI=1 mocha --recursive`. */
  readonly text: string;
  /** Assignments before it, plain or by `env` and `cross-env`. */
  readonly env: Readonly<Record<string, string>>;
  readonly words: readonly ShellWord[];
}

/** A program found in a command. */
export interface ProgramCall {
  /** The whole command, as it was written. */
  readonly text: string;
  /** All assignments before it, those of wrappers included. */
  readonly env: Readonly<Record<string, string>>;
  /** The words before it: `node --experimental-vm-modules`, or a wrapper with its options. */
  readonly before: readonly string[];
  /** The words after it, unquoted globs replaced by the paths that the shell would put there. */
  readonly args: readonly string[];
}

/** Scripts that run scripts: deeper than this is a loop. */
const DEPTH = 8;

/** What may stand before a program and runs it: their own options stand between. */
const WRAPPERS = new Set([
  'node',
  'npx',
  'pnpx',
  'bunx',
  'npm',
  'pnpm',
  'yarn',
  'bun',
  'c8',
  'nyc',
  'env',
  'cross-env',
  'cross-env-shell',
  'dotenv',
  'dotenvx',
  'exec',
  'time',
  'timeout',
  'xvfb-run',
  'tsx',
]);

/**
 * The commands that the package's `test` script comes to, in order: `npm run X`, `pnpm X`,
 * `yarn X`, `node --run X` and `run-s a b:*` are followed.
 */
export function testCommands(pkg: PackageJson): readonly ScriptCommand[] {
  return expandScript(pkg, 'test', [], 0);
}

/**
 * The call of a program in a command: by its name, by its path in node_modules, or behind
 * wrappers such as `npx`, `cross-env` and `c8`; null where the command runs something else.
 *
 * @param name the executable's name, such as `mocha`
 */
export function findProgram(command: ScriptCommand, name: string, dir: string): ProgramCall | null {
  const at = command.words.findIndex(({ text }) => isProgram(text, name));
  if (at === -1) return null;
  const first = command.words[0]?.text ?? '';
  if (at > 0 && !WRAPPERS.has(first)) return null;
  const before = command.words.slice(0, at).map(({ text }) => text);
  return {
    text: command.text,
    env: { ...command.env, ...assignments(before) },
    before,
    args: command.words.slice(at + 1).flatMap((word) => expandWord(word, dir)),
  };
}

/** `mocha`, `_mocha`, `mocha@10`, `./node_modules/.bin/mocha`, `node_modules/mocha/bin/mocha.js`. */
function isProgram(word: string, name: string): boolean {
  if (word === name || word === `_${name}` || word.startsWith(`${name}@`)) return true;
  const [, rest] = /(?:^|\/)node_modules\/(.+)$/.exec(word) ?? [];
  if (rest === undefined) return false;
  const base = rest.slice(rest.lastIndexOf('/') + 1).replace(/\.[cm]?js$/, '');
  return base === name || base === `_${name}`;
}

function expandScript(
  pkg: PackageJson,
  name: string,
  extra: readonly ShellWord[],
  depth: number,
): readonly ScriptCommand[] {
  const script = pkg.scripts[name];
  if (script === undefined || depth > DEPTH) return [];
  const commands = splitCommands(script);
  return commands.flatMap(({ words, text }, index) => {
    // npm appends the arguments it is given to the end of the script.
    const all = index === commands.length - 1 ? [...words, ...extra] : words;
    const { env, rest } = takeAssignments(all);
    const inner = scriptsRunBy(pkg, rest);
    if (inner === null) return [{ text, env, words: rest }];
    return inner.names
      .flatMap((run) => expandScript(pkg, run, inner.extra, depth + 1))
      .map((command) => ({ ...command, env: { ...env, ...command.env } }));
  });
}

function assignments(words: readonly string[]): Record<string, string> {
  const matches = words.map((word) => ASSIGNMENT.exec(word)).filter((match) => match !== null);
  return Object.fromEntries(matches.map((match) => [match[1]!, match[2]!]));
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

function takeAssignments(words: readonly ShellWord[]): {
  env: Record<string, string>;
  rest: readonly ShellWord[];
} {
  const env: Record<string, string> = {};
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at]!.text;
    const [, name, value] = ASSIGNMENT.exec(word) ?? [];
    if (name !== undefined && value !== undefined) env[name] = value;
    else if (word !== 'cross-env' && word !== 'env' && word !== 'exec') break;
  }
  return { env, rest: words.slice(at) };
}

interface ScriptsRun {
  readonly names: readonly string[];
  readonly extra: readonly ShellWord[];
}

/** The scripts that a command runs and the arguments it gives them; null if it runs none. */
function scriptsRunBy(pkg: PackageJson, words: readonly ShellWord[]): ScriptsRun | null {
  const [program = '', ...texts] = words.map(({ text }) => text);
  switch (program) {
    case 'npm-run-all':
    case 'npm-run-all2':
    case 'run-s':
    case 'run-p':
      return {
        names: texts
          .filter((text) => !text.startsWith('-'))
          .flatMap((pattern) => matchingScripts(pkg, pattern)),
        extra: [],
      };
    case 'node': {
      const run = texts[0] === '--run' ? texts[1] : /^--run=(.+)$/.exec(texts[0] ?? '')?.[1];
      if (run === undefined) return null;
      return named(pkg, run, words.slice(texts[0] === '--run' ? 3 : 2), true);
    }
    case 'npm':
    case 'pnpm':
    case 'yarn':
    case 'bun':
      return runByManager(pkg, program, words);
    default:
      return null;
  }
}

const RUN = new Set(['run', 'run-script', 'rum', 'urn']);
const TEST = new Set(['test', 'tst', 't']);

/** Flags that lead into another package, whose scripts these are not. */
const ELSEWHERE =
  /^(?:--prefix|--workspaces?|-w|-ws|-C|--dir|--cwd|--filter|-F|-r|--recursive)(?:=|$)/;

function runByManager(
  pkg: PackageJson,
  manager: string,
  words: readonly ShellWord[],
): ScriptsRun | null {
  let at = 1;
  while (words[at]?.text.startsWith('-') === true) at += 1;
  const own = words.slice(0, words.findIndex(({ text }) => text === '--') >>> 0);
  if (own.some(({ text }) => ELSEWHERE.test(text))) return null;
  const verb = words[at]?.text ?? '';
  const dashes = manager === 'npm';
  if (TEST.has(verb)) return named(pkg, 'test', words.slice(at + 1), dashes);
  if (RUN.has(verb)) {
    do at += 1;
    while (words[at]?.text.startsWith('-') === true);
    return named(pkg, words[at]?.text ?? '', words.slice(at + 1), dashes);
  }
  // All but npm run a script by its bare name.
  return dashes ? null : named(pkg, verb, words.slice(at + 1), false);
}

/** npm and `node --run` hand on only what stands behind `--`; npm's own flags are left out. */
function named(
  pkg: PackageJson,
  name: string,
  after: readonly ShellWord[],
  dashes: boolean,
): ScriptsRun | null {
  if (pkg.scripts[name] === undefined) return null;
  const split = after.findIndex(({ text }) => text === '--');
  if (split !== -1) return { names: [name], extra: after.slice(split + 1) };
  const extra = dashes ? after.filter(({ text }) => !text.startsWith('-')) : after;
  return { names: [name], extra };
}

/** `test:*` as npm-run-all understands it: `*` within a part between colons, `**` across them. */
function matchingScripts(pkg: PackageJson, pattern: string): readonly string[] {
  const [name = ''] = pattern.split(' ', 1);
  if (!name.includes('*')) return [name];
  const source = name
    .split(/(\*\*|\*)/)
    .map((part) => {
      if (part === '**') return '.*';
      return part === '*' ? '[^:]*' : part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    })
    .join('');
  const regex = new RegExp(`^${source}$`);
  return Object.keys(pkg.scripts).filter((script) => regex.test(script));
}
