import { createReadStream } from 'node:fs';

const NEWLINE = 0x0a;

/** A line of a file, without its newline. */
export interface Line {
  readonly text: string;
  /** False for a last line that no newline ends: it may have been cut off. */
  readonly terminated: boolean;
}

/**
 * The lines of a file, holding one at a time, split at `\n` alone: `node:readline` also splits at
 * U+2028 and U+2029, which JSON leaves bare inside strings
 * (https://github.com/nodejs/node/blob/main/lib/internal/readline/interface.js).
 *
 * @param maxBytes of a longer line only so much is kept
 * @throws the system's error where the file can't be read
 */
export async function* readLines(file: string, maxBytes: number = Infinity): AsyncGenerator<Line> {
  let kept: Buffer[] = [];
  let length = 0;
  const keep = (part: Buffer): void => {
    if (part.length > 0 && length < maxBytes) kept.push(part.subarray(0, maxBytes - length));
    length += part.length;
  };
  const take = (terminated: boolean): Line => {
    const text = Buffer.concat(kept).toString('utf8');
    kept = [];
    length = 0;
    return { text, terminated };
  };
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      keep(chunk.subarray(start, end));
      yield take(true);
      start = end + 1;
    }
    keep(chunk.subarray(start));
  }
  if (length > 0) yield take(false);
}
