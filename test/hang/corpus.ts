import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Disturbance } from '../../src/hang/probes/probe.ts';

/** A program of `test/fixtures/hangs/` that hangs, or is slow and does not. */
export interface Program {
  /** `python/pipe-full.py`. */
  readonly name: string;
  readonly path: string;
  /** The class that it states; null for one that progresses. */
  readonly hangs: string | null;
  /** Why it is no hang; null for one that hangs. */
  readonly progresses: string | null;
  /** What it states the hang to be laid at; null where it does not say. */
  readonly root: RootSpec | null;
  /** Not to be looked at while rules are made. */
  readonly heldOut: boolean;
  /** A version that its language must have at least, by the line `least:`; null for any. */
  readonly least: string | null;
  /** The groups of tests that take it beside the one of its class, by the line `groups:`. */
  readonly groups: readonly string[];
  /** What its standard streams lead to, by the lines `stdin:` and `stdout:`. */
  readonly stdin: 'nothing' | 'open';
  readonly stdout: 'read' | 'unread';
  /** What a look may do to it, by the line `asked: inspector`; nothing where it does not say. */
  readonly allowed: readonly Disturbance[];
}

/** `root: child fd 1`, `root: top place /tmp/x`: what it does not say may be anything. */
export interface RootSpec {
  /** The program itself, one of those that come from it, or either. */
  readonly who: 'top' | 'child' | 'any';
  readonly fd: number | null;
  /** A part of the root's place. */
  readonly place: string | null;
}

const FIXTURES = join(import.meta.dirname, '../fixtures/hangs');

/** The programs that hang in one of these classes. */
export function programsOf(classes: readonly string[]): Program[] {
  return everyProgram().filter(({ hangs }) => hangs !== null && classes.includes(hangs));
}

/** The slow ones that do not hang, of one group of tests. */
export function slowOf(group: string): Program[] {
  return everyProgram().filter(
    ({ progresses, groups }) => progresses !== null && groups.includes(group),
  );
}

/** The program of that name, which must be there. */
export function named(name: string): Program {
  const program = everyProgram().find((one) => one.name === name);
  if (program === undefined) throw new Error(`there is no program ${name}`);
  return program;
}

/** All there are, by name. */
export function everyProgram(): Program[] {
  return programsIn(FIXTURES);
}

/** The programs below a directory, by name. */
export function programsIn(directory: string): Program[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) => readProgram(path, directory) ?? [])
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

/** A file without a first line of ours is part of another program. */
function readProgram(path: string, directory: string): Program | null {
  const said = headerOf(readFileSync(path, 'utf8'));
  const hangs = said.get('hangs') ?? null;
  const progresses = said.get('progresses') ?? null;
  if (hangs === null && progresses === null) return null;
  return {
    name: relative(directory, path),
    path,
    hangs,
    progresses,
    root: rootIn(said.get('root'), path),
    heldOut: said.has('held-out'),
    least: said.get('least') ?? null,
    groups: said.get('groups')?.split(' ') ?? [],
    stdin: said.get('stdin') === 'open' ? 'open' : 'nothing',
    stdout: said.get('stdout') === 'unread' ? 'unread' : 'read',
    allowed: said.has('asked') ? ['nothing', 'starts-inspector'] : ['nothing'],
  };
}

/** The comments before the first line of code: `# key: value`, `// key`. */
export function headerOf(text: string): Map<string, string> {
  const said = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line.startsWith('#!')) continue;
    const found = /^(?:#|\/\/|--|\/\*|\*)\s*([a-z-]+)(?::\s*(.*?))?\s*(?:\*\/)?$/.exec(line);
    if (found === null) {
      if (/^(?:#|\/\/|--|\/\*|\s*\*)/.test(line)) continue;
      break;
    }
    said.set(found[1] ?? '', found[2] ?? '');
  }
  return said;
}

function rootIn(text: string | undefined, path: string): RootSpec | null {
  if (text === undefined) return null;
  const found = /^(top|child|any)(?: fd (\d+))?(?: place (.+))?$/.exec(text);
  if (found === null) {
    throw new Error(
      `Expected "root: top|child|any [fd N] [place TEXT]" in ${basename(path)}, got "${text}"`,
    );
  }
  const [, who, fd, place] = found;
  return {
    who: who === 'top' || who === 'child' ? who : 'any',
    fd: fd === undefined ? null : Number(fd),
    place: place ?? null,
  };
}
