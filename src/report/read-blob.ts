import { createReadStream } from 'node:fs';
import { describeFault } from '../core/errors.ts';
import { BLOB_MAGIC, BLOB_VERSION, type BlobLine, BlobSeal } from './blob/format.ts';

const NEWLINE = 0x0a;

/** Why a blob can't be believed; the message is to be read after the file's name. */
export class BlobFault extends Error {
  override readonly name = 'BlobFault';
}

/**
 * Reads a blob line by line, one line in memory. The lines come as they are read, but they are
 * proven only when the generator has ended: whoever stops before must not believe them.
 *
 * @throws BlobFault where the file is no blob, of a newer version, truncated or changed, or can't
 *   be read
 */
export async function* readBlob(file: string): AsyncGenerator<BlobLine> {
  const seal = new BlobSeal();
  let number = 0;
  let last: Buffer | null = null;
  for await (const line of rawLines(file)) {
    if (last !== null) {
      // The last line is the trailer, and only the next one shows that this one is not the last.
      number += 1;
      seal.add(last);
      yield parseLine(last, number);
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

const TRAILER = Buffer.from('{"type":"end",');

function parseLine(bytes: Buffer, number: number): BlobLine {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new BlobFault(`is corrupt: line ${number} is not JSON`, { cause: error });
  }
  if (!isTyped(value)) throw new BlobFault(`is corrupt: line ${number} has no type`);
  if (number === 1 && value['schemaVersion'] !== BLOB_VERSION) {
    const version = String(value['schemaVersion']);
    throw new BlobFault(
      `has version ${version} of the format, and this Pindown reads version ${BLOB_VERSION}: ` +
        'merge with the version that ran the shards',
    );
  }
  // The seal proves that our own sink wrote it: beyond this point its shape is the type's.
  return value as unknown as BlobLine;
}

function isTyped(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && 'type' in value;
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
