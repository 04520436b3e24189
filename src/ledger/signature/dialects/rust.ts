import type { Dialect, Frame } from '../told.ts';

const PANICKED =
  /^thread '.*' (?:\(\d+\) )?panicked at (?:(?<words>'.*'), )?(?<file>[^\s:]+):\d+:\d+:?$/;
const FRAME_NAME = /^\s*\d+:\s+(?:0x[0-9a-f]+ - )?(?<name>\S.*)$/;
const FRAME_PLACE = /^\s+at (?<file>\S+?):\d+(?::\d+)?$/;
const BACKTRACE = /^(?:stack backtrace:|note: run with `RUST_BACKTRACE)/;
const UNWRAPPED = /^called `Result::unwrap(?:_err)?\(\)` on an `(?:Err|Ok)` value: /;

/** A panic, with its backtrace if there is one. */
export const rust: Dialect = (lines) => {
  const at = lines.findIndex((line) => PANICKED.test(line));
  const { file, words } = PANICKED.exec(lines[at] ?? '')?.groups ?? {};
  if (file === undefined) return null;
  const end = lines.findIndex((line, index) => index > at && BACKTRACE.test(line));
  const said = lines.slice(at + 1, end === -1 ? undefined : end);
  const before = lines.slice(0, at);
  const head = [...before, ...(words === undefined ? said : [words.slice(1, -1)])];
  const frames = end === -1 ? [] : framesOf(lines.slice(end));
  return {
    head: head.map((line) => line.replace(UNWRAPPED, '')),
    frames: [...frames, { file, name: null }],
    source: null,
  };
};

function framesOf(lines: readonly string[]): Frame[] {
  return lines.flatMap((line, index): Frame[] => {
    const name = FRAME_NAME.exec(line)?.groups?.['name'];
    const file = FRAME_PLACE.exec(lines[index + 1] ?? '')?.groups?.['file'];
    if (name === undefined || file === undefined) return [];
    return [{ file: file.replace(/^\.\//, ''), name: name.replace(/::h[0-9a-f]{16}$/, '') }];
  });
}
