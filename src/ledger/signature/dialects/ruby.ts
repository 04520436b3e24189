import type { Dialect, Frame } from '../told.ts';

/** `./spec/a_spec.rb:12:in 'block (2 levels) in <top (required)>'`, `# ./lib/a.rb:3:in 'load'`. */
const FRAME = /^\s*(?:from |# )?(?<file>\S+\.rb):\d+(?::in [`'](?<name>[^']*)')?(?<rest>: .*)?$/;
const SOURCE = /^\s*Failure\/Error: (?<source>.*)$/;
const NAMELESS = /^(?:block|<top|<main|<class|test_)|#test_/;

/** RSpec, Minitest, and Ruby's own backtraces. */
export const ruby: Dialect = (lines) => {
  if (!lines.some((line) => FRAME.test(line))) return null;
  const frames = lines.flatMap((line): Frame[] => {
    const { file, name } = FRAME.exec(line)?.groups ?? {};
    if (file === undefined) return [];
    const nameless = name === undefined || NAMELESS.test(name);
    return [{ file: file.replace(/^\.\//, ''), name: nameless ? null : name }];
  });
  const head = lines.flatMap((line) => {
    if (SOURCE.test(line)) return [];
    const frame = FRAME.exec(line)?.groups;
    if (frame === undefined) return [line];
    // Ruby's own form puts the error behind its place.
    return frame['rest'] === undefined ? [] : [frame['rest'].slice(2)];
  });
  const source = lines.map((line) => SOURCE.exec(line)?.groups?.['source']).find(Boolean);
  return { head, frames, source: source?.trim() ?? null };
};
