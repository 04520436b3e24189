import type { Dialect, Frame, Told } from '../told.ts';

/** How pytest shows an error, and the line of source that raised it. */
const ERROR = /^E(?: {2,}(?<text>.*))?$/;
const SOURCE = /^>\s+(?<source>\S.*)$/;
/** `tests/test_a.py:12: AssertionError`, `src/a.py:3: in load`. */
const PLACE = /^(?<file>\S+\.py):\d+: (?:in (?<name>\S+)|\S.*)?$/;
const DEFINITION = /^\s*(?:async\s+)?def (?<name>\w+)\(/;
/** A traceback as Python itself prints it. */
const NATIVE = /^\s*File "(?<file>[^"]+)", line \d+(?:, in (?<name>\S+))?$/;

/** pytest's long tracebacks, and Python's own. */
export const python: Dialect = (lines) => readPytest(lines) ?? readNative(lines);

function readPytest(lines: readonly string[]): Told | null {
  if (!lines.some((line) => ERROR.test(line))) return null;
  const frames: Frame[] = [];
  let name: string | null = null;
  let source: string | null = null;
  let head: string[] = [];
  let before = '';
  for (const line of lines) {
    const place = PLACE.exec(line)?.groups;
    const error = ERROR.exec(line);
    if (place?.['file'] !== undefined) {
      frames.unshift({ file: place['file'], name: named(place['name'] ?? name) });
      name = null;
    } else if (error !== null) {
      // Only the last error counts: those before it are what it was raised from.
      if (!ERROR.test(before)) head = [];
      head.push(error.groups?.['text'] ?? '');
    } else {
      name = DEFINITION.exec(line)?.groups?.['name'] ?? name;
      source = SOURCE.exec(line)?.groups?.['source'] ?? source;
    }
    before = line;
  }
  return { head, frames, source };
}

function readNative(lines: readonly string[]): Told | null {
  const frames = lines.flatMap((line): Frame[] => {
    const { file, name } = NATIVE.exec(line)?.groups ?? {};
    return file === undefined ? [] : [{ file, name: named(name ?? null) }];
  });
  if (frames.length === 0) return null;
  const last = lines.findLastIndex((line) => NATIVE.test(line));
  // The line of source and carets follow the last place; the error stands at the margin.
  const head = lines.slice(last + 1).filter((line) => /^\S/.test(line));
  return { head, frames: frames.toReversed(), source: null };
}

/** A test's own function tells no more than its name does, which may carry parameters. */
function named(name: string | null): string | null {
  return name === null || name.startsWith('test_') || name.startsWith('<') ? null : name;
}
