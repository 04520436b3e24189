import { createHash } from 'node:crypto';

/** How much of one text is kept in the database, in UTF-8 bytes; the run's directory has it whole. */
export const TEXT_BYTES = 4096;

/** How many errors, leaks, failed tries and pieces of evidence are kept in the database. */
export const LIST_LENGTH = 100;

const SYMBOL_FOR_NUL = '\u2400';
const MOST_BYTES_PER_UTF16_UNIT = 3;
const encoder = new TextEncoder();
const scratch = new Uint8Array(TEXT_BYTES);

/** The text, or its beginning with an ellipsis: at most {@link TEXT_BYTES}, no character halved. */
export function cut(text: string): string {
  const storable = withoutNul(text);
  return fits(storable) ? storable : shortened(storable, '…');
}

/** Like {@link cut}, but two names that differ anywhere stay two: the mark has their hash. */
export function cutName(name: string): string {
  const storable = withoutNul(name);
  if (fits(storable)) return storable;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return shortened(storable, `… #${hash}`);
}

/** `node:sqlite` of Node 22 reads a text back only up to its first NUL. */
function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', SYMBOL_FOR_NUL) : text;
}

function fits(text: string): boolean {
  return (
    text.length * MOST_BYTES_PER_UTF16_UNIT <= TEXT_BYTES || Buffer.byteLength(text) <= TEXT_BYTES
  );
}

function shortened(text: string, mark: string): string {
  const room = scratch.subarray(0, TEXT_BYTES - Buffer.byteLength(mark));
  return text.slice(0, encoder.encodeInto(text, room).read) + mark;
}
