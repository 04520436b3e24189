/** A line of the testing package's own. */
export type Frame =
  | { readonly action: 'RUN' | 'PAUSE' | 'CONT' | 'NAME'; readonly name: string }
  | {
      readonly action: 'PASS' | 'FAIL' | 'SKIP';
      readonly name: string;
      readonly durationMs: number;
    }
  | { readonly verdict: 'PASS' | 'FAIL' };

/** A line taken apart: what the tests wrote, and what the testing package did behind it. */
export interface SplitLine {
  readonly text: string;
  readonly frame: Frame | null;
}

/** ^V, which stands before the testing package's own lines under `-test.v=test2json`. */
const MARK = '\u0016';

export function markedFrame(line: string): SplitLine {
  const at = line.lastIndexOf(MARK);
  const frame = at === -1 ? null : parseFrame(line.slice(at + 1));
  return frame === null ? { text: line, frame } : { text: line.slice(0, at), frame };
}

/** Where a test's own output did not end its line, the testing package's follows in the same one. */
const GLUED = /(?:=== (?:RUN|PAUSE|CONT|NAME) +\S+|--- (?:PASS|FAIL|SKIP): \S+ \(\d+\.\d+s\))$/;

export function unmarkedFrame(line: string): SplitLine {
  const whole = parseFrame(line);
  if (whole !== null) return { text: '', frame: whole };
  const at = GLUED.exec(line)?.index;
  if (at === undefined) return { text: line, frame: null };
  return { text: line.slice(0, at), frame: parseFrame(line.slice(at)) };
}

function parseFrame(text: string): Frame | null {
  if (text === 'PASS' || text === 'FAIL') return { verdict: text };
  const [, turn, turned] = /^=== (RUN|PAUSE|CONT|NAME) +(\S+)$/.exec(text) ?? [];
  if (turn !== undefined) return { action: turn as 'RUN', name: turned! };
  const [, result, name, seconds] =
    /^(?: {4})*--- (PASS|FAIL|SKIP): (\S+) \((\d+\.\d+)s\)$/.exec(text) ?? [];
  if (result === undefined) return null;
  return { action: result as 'PASS', name: name!, durationMs: Number(seconds) * 1000 };
}
