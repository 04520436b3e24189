import type { Dialect, Frame } from '../told.ts';

const SANITIZER = /^(?:==\d+==\s*)?(?:ERROR|WARNING): (?<text>\w+Sanitizer: .*)$/;
const FRAME =
  /^\s*#\d+\s+(?:0x[0-9a-f]+\s+)?(?:in\s+)?(?<name>\S.*?)\s+(?<file>[^\s()]+?\.\w+)(?::\d+(?::\d+)?)?$/;
/** `a.c:3:9: runtime error: …`, as UndefinedBehaviorSanitizer puts it. */
const RUNTIME = /^(?<file>\S+?\.\w+):\d+:\d+: runtime error: (?<text>.*)$/;
const SUMMARY = /^SUMMARY:/;

/** The reports of the sanitizers of GCC and Clang. */
export const native: Dialect = (lines) => {
  for (const [index, line] of lines.entries()) {
    const said = SANITIZER.exec(line)?.groups?.['text'];
    if (said !== undefined) {
      const end = lines.findIndex((other, later) => later > index && SUMMARY.test(other));
      const frames = framesOf(lines.slice(index, end === -1 ? undefined : end));
      // What follows are addresses, which are others each time, and what was accessed.
      return { head: [said.replace(/ on (?:unknown )?address .*$/, '')], frames, source: null };
    }
    const { file, text } = RUNTIME.exec(line)?.groups ?? {};
    if (file !== undefined && text !== undefined) {
      return { head: [`runtime error: ${text}`], frames: [{ file, name: null }], source: null };
    }
  }
  return null;
};

function framesOf(lines: readonly string[]): Frame[] {
  return lines.flatMap((line): Frame[] => {
    const { name, file } = FRAME.exec(line)?.groups ?? {};
    return name === undefined || file === undefined ? [] : [{ file, name }];
  });
}
