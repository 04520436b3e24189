import type { Dialect, Frame } from '../told.ts';

const FRAME =
  /^\s*at (?:[\w.@-]+\/)*(?<name>[\w.$<>]+)\((?:(?<file>[\w$]+\.\w+)(?::\d+)?|Native Method|Unknown Source)\)$/;
const MORE = /^\s*(?:\.\.\. \d+ (?:more|common frames omitted))$/;
const THREAD = /^Exception in thread "[^"]*" /;
/** Packages that no project owns. */
const FOREIGN =
  /^(?:java|javax|jdk|sun|com\.sun|kotlin|scala|org\.(?:junit|testng|gradle|hamcrest|assertj|mockito|opentest4j|apache\.maven|springframework))\./;

/** Stacks of the JVM. */
export const jvm: Dialect = (lines) => {
  if (!lines.some((line) => FRAME.test(line))) return null;
  const head = lines
    .filter((line) => !FRAME.test(line) && !MORE.test(line))
    .map((line) => line.replace(THREAD, ''));
  const frames = lines.flatMap((line): Frame[] => {
    const { name, file } = FRAME.exec(line)?.groups ?? {};
    if (name === undefined || file === undefined || FOREIGN.test(name)) return [];
    return [{ file, name }];
  });
  return { head, frames, source: null };
};
