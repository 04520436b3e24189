import { existsSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { tailOf } from '../core/file-ends.ts';

const TAIL_BYTES = 4_096;

/** A stack's frame as Node prints it; the properties of the error may follow, up to a `}`. */
const FRAME = /^(\s*)at .*(?::\d+|<anonymous>|native)\)?( \{)?$/;

/**
 * Says nothing by itself: no letter or digit in it, a line of a code frame (`> 1 | x()`,
 * `    | ^`), or Node's own last words after an uncaught error.
 */
const EMPTY = /^[^\p{L}\p{N}]*$|^(?:>\s*)?\d+\s*\||^Node\.js v\d/u;

/**
 * The last line of a file that tells something, from its last 4 KiB, without the stack, the code
 * and the properties that may stand below an error's message. Null where the file is empty.
 */
export function lastLineOf(file: string): string | null {
  if (!existsSync(file)) return null;
  const lines = tailOf(file, TAIL_BYTES).toString().split('\n');
  const told = withoutStacks(lines.map((line) => stripVTControlCharacters(line).trimEnd()));
  const last = told.findLast((line) => !EMPTY.test(line)) ?? lines.findLast((line) => line.trim());
  return last?.trim() ?? null;
}

function withoutStacks(lines: readonly string[]): readonly string[] {
  const kept: string[] = [];
  /** How the `}` is indented that ends an error's properties, while they go on. */
  let properties: string | null = null;
  for (const line of lines) {
    const [, indent, open] = FRAME.exec(line) ?? [];
    if (properties !== null) {
      if (line === `${properties}}`) properties = null;
    } else if (indent === undefined) kept.push(line.trim());
    else if (open !== undefined) properties = indent.slice(4);
  }
  return kept;
}
