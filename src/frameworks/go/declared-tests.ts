import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a test function is declared. */
export interface Declared {
  /** The file's name in the package's directory. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

const FUNCTION = /^func\s+((?:Test|Fuzz|Example)[^\s([]*)\s*\(/gmu;

/**
 * The tests, fuzz tests and examples that the package's test files declare, by name; those that a
 * build tag leaves out among them, and what a comment holds: what is not here can't be a test.
 */
export async function declaredTests(dir: string): Promise<ReadonlyMap<string, Declared>> {
  const declared = new Map<string, Declared>();
  for (const file of (await readdir(dir)).sort()) {
    if (!file.endsWith('_test.go')) continue;
    const source = await readFile(join(dir, file), 'utf8');
    let line = 1;
    let from = 0;
    for (const match of source.matchAll(FUNCTION)) {
      line += source.slice(from, match.index).split('\n').length - 1;
      from = match.index;
      declared.set(match[1]!, { file, line });
    }
  }
  return declared;
}

/**
 * Whether `-test.run` lets any of the names through; true where the pattern is not one that
 * JavaScript reads like Go.
 *
 * @param pattern its elements separated by slashes, of which the first is for these names
 */
export function anyMatches(pattern: string, names: Iterable<string>): boolean {
  const top = firstElement(pattern);
  let expression: RegExp;
  try {
    expression = new RegExp(top, 'u');
  } catch (error) {
    if (error instanceof SyntaxError) return true;
    throw error;
  }
  return [...names].some((name) => expression.test(name));
}

/** Up to the first slash or bar outside of brackets, as testing.splitRegexp has it. */
function firstElement(pattern: string): string {
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    if (character === '\\') at += 1;
    else if ('[('.includes(character)) depth += 1;
    else if (')]'.includes(character)) depth = Math.max(0, depth - 1);
    else if (character === '/' && depth === 0) {
      // `A/b|C` is two patterns since Go 1.20: the top elements are then not one expression.
      return pattern.includes('|') ? '' : pattern.slice(0, at);
    }
  }
  return pattern;
}
