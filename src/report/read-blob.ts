import { createReadStream } from 'node:fs';
import { describeFault } from '../core/errors.ts';
import { BLOB_MAGIC, BLOB_TYPES, BLOB_VERSION, type BlobLine, BlobSeal } from './blob/format.ts';

const NEWLINE = 0x0a;
const TRAILER = Buffer.from('{"type":"end",');

/** Why a blob can't be believed; the message is to be read after the file's name. */
export class BlobFault extends Error {
  override readonly name = 'BlobFault';
}

/**
 * Proves that a blob is whole and unchanged: every byte is covered by its trailer.
 *
 * @throws BlobFault where the file is no blob, truncated or changed, or can't be read
 */
export async function verifyBlob(file: string): Promise<void> {
  const lines = sealedLines(file);
  while ((await lines.next()).done !== true);
}

/**
 * Reads a blob that was verified, one line in memory, and verifies it once more on the way: its
 * lines may be believed for good when the generator has ended.
 *
 * @throws BlobFault as {@link verifyBlob} does, or where its version is another
 */
export async function* readBlob(file: string): AsyncGenerator<BlobLine> {
  let number = 0;
  for await (const bytes of sealedLines(file)) {
    number += 1;
    const value = parseJson(bytes);
    if (number === 1) assertVersion(value);
    // The seal proves that our own sink wrote the line: its type stands for its shape.
    if (!isBlobLine(value)) throw new BlobFault(`holds a line that is not known: line ${number}`);
    yield value;
  }
}

/**
 * What a blob that is not in order names as its units, as far as it can be read; never throws.
 * Nothing in it is proven: to be shown, not to be counted on.
 */
export async function unitsOfBrokenBlob(file: string): Promise<readonly string[]> {
  let index: unknown = 1;
  const units: string[] = [];
  try {
    for await (const bytes of sealedLines(file)) {
      const line = parseJson(bytes);
      if (!isRecord(line)) continue;
      if (line['type'] === 'blob' && isRecord(line['shard'])) index = line['shard']['index'];
      if (line['type'] !== 'plan' || line['shard'] !== index) continue;
      if (typeof line['id'] === 'string') units.push(line['id']);
    }
  } catch (error) {
    if (!(error instanceof BlobFault)) throw error;
  }
  return units;
}

/** The lines above the trailer; ends without a fault only if the trailer fits them. */
async function* sealedLines(file: string): AsyncGenerator<Buffer> {
  const seal = new BlobSeal();
  let last: Buffer | null = null;
  for await (const line of rawLines(file)) {
    // The trailer is the last line, and only the next line shows that this one is not the last.
    if (last !== null) {
      seal.add(last);
      yield last;
    }
    last = line;
  }
  if (last === null) throw new BlobFault('is empty');
  if (last.at(-1) !== NEWLINE || !last.subarray(0, TRAILER.length).equals(TRAILER)) {
    throw new BlobFault('is truncated: it does not end with a trailer');
  }
  if (!last.equals(seal.close())) {
    throw new BlobFault('is corrupt: its content does not fit its checksum');
  }
}

/** The file's lines as bytes, newlines included; the last may lack its own. */
async function* rawLines(file: string): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let first = true;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      // Before its first line is gathered: a disk image has no newline for a long time.
      if (first && !startsLikeBlob(chunk)) throw new BlobFault('is not a blob');
      first = false;
      let start = 0;
      for (;;) {
        const newline = chunk.indexOf(NEWLINE, start);
        if (newline === -1) break;
        rest.push(chunk.subarray(start, newline + 1));
        yield Buffer.concat(rest);
        rest = [];
        start = newline + 1;
      }
      if (start < chunk.length) rest.push(chunk.subarray(start));
    }
  } catch (error) {
    if (error instanceof BlobFault) throw error;
    throw new BlobFault(`can't be read: ${describeFault(error)}`, { cause: error });
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

/** A file shorter than the magic bytes may still be the beginning of a blob: a truncated one. */
function startsLikeBlob(chunk: Buffer): boolean {
  const length = Math.min(chunk.length, BLOB_MAGIC.length);
  return chunk.subarray(0, length).equals(BLOB_MAGIC.subarray(0, length));
}

function assertVersion(heading: unknown): void {
  const version = isRecord(heading) ? heading['schemaVersion'] : undefined;
  if (version === BLOB_VERSION) return;
  throw new BlobFault(
    `has version ${String(version)} of the format, and this Pindown reads version ` +
      `${BLOB_VERSION}: merge with the version that ran the shards`,
  );
}

function isBlobLine(value: unknown): value is BlobLine {
  return isRecord(value) && BLOB_TYPES.some((type) => type === value['type']);
}

/** Undefined where it is not JSON. */
function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
