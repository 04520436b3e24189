import type { Dialect, Frame } from '../told.ts';

/** `at fn (file:1:2)`, `at async file:1:2`, `❯ fn file:1:2`. */
const FRAME =
  /^\s*(?:at|❯)\s+(?:async\s+)?(?:(?<name>.*?)\s+\(?)?(?<file>(?:file:\/\/)?[^\s()]+?):\d+:\d+\)?$/;
/** `at Array.map (<anonymous>)`: built in, without a place. */
const BUILT_IN = /^\s*at .*(?:\(<anonymous>\)|\(native\)|\(index \d+\))$/;
const NAMELESS = /<anonymous>|^Object\.\w+$|^Timeout\._onTimeout$|^new Promise$|^vi\./;
/** A part of the source around the failure, with line numbers. */
const CODE_LINE = /^\s*>?\s*\d+\s*\|/;
const CODE_CARET = /^\s*\|\s*\^*$/;
const FAILED_LINE = /^\s*>\s*\d+\s*\|\s?(?<source>.*)$/;

/** V8's and SpiderMonkey's stacks, with the code frames of Jest and Vitest. */
export const javascript: Dialect = (lines) => {
  const first = lines.findIndex(
    (line) => FRAME.test(line) || BUILT_IN.test(line) || CODE_LINE.test(line),
  );
  if (first === -1) return null;
  const frames = lines.flatMap((line): Frame[] => {
    const { file, name } = FRAME.exec(line)?.groups ?? {};
    if (file === undefined) return [];
    return [{ file, name: name === undefined || NAMELESS.test(name) ? null : plain(name) }];
  });
  const stacked = lines.some((line) => FRAME.test(line) || BUILT_IN.test(line));
  if (!stacked) return null;
  const source = lines.map((line) => FAILED_LINE.exec(line)?.groups?.['source']).find(Boolean);
  const head = lines.slice(0, first).filter((line) => !CODE_CARET.test(line));
  return { head, frames, source: source?.trim() ?? null };
};

/** `Server.setup [as _listen]`, `new Pool`, `async run`. */
function plain(name: string): string {
  return name.replace(/\s+\[as .*\]$/, '').replace(/^(?:new|async)\s+/, '');
}
