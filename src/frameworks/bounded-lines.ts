import { createReadStream } from 'node:fs';

const NEWLINE = 0x0a;

/**
 * The lines of a file that anything may have been written into, in bounded memory: of a longer
 * line only its first `maxBytes` bytes are kept. Split at `\n` alone (`readline` also splits at
 * U+2028, which a test's name may hold); a `\r` before it is taken off.
 *
 * @throws the system's error where the file can't be read
 */
export async function* boundedLines(file: string, maxBytes = 65_536): AsyncGenerator<string> {
  let kept: Buffer[] = [];
  let length = 0;
  const keep = (part: Buffer): void => {
    const room = Math.max(0, maxBytes - length);
    if (room > 0 && part.length > 0) kept.push(part.subarray(0, room));
    length += part.length;
  };
  const take = (): string => {
    const line = Buffer.concat(kept).toString('utf8');
    kept = [];
    length = 0;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  };
  for await (const chunk of createReadStream(file)) {
    const bytes = Buffer.from(chunk);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      keep(bytes.subarray(start, end));
      yield take();
      start = end + 1;
    }
    keep(bytes.subarray(start));
  }
  if (length > 0) yield take();
}
