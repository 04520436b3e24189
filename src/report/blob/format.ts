import { createHash } from 'node:crypto';
import type { RunEvent } from '../../core/event.ts';
import type { PlanEntry } from '../../core/plan-entry.ts';
import type { Shard } from '../../core/run.ts';

/** What a blob is called in its run's directory. */
export const BLOB_NAME = 'blob.ndjson';

/** Raised when an older reader would misread what is written. */
export const BLOB_VERSION = 1;

/**
 * A blob, version 1: one JSON object a line.
 *
 * 1. the heading
 * 2. the whole plan, all shards, a line for each unit
 * 3. what happened: the run's events, in order, without those of single attempts (a finished unit
 *    holds its attempts whole)
 * 4. the trailer: the number of lines above it and the SHA-256 of all their bytes
 *
 * Whatever is changed, cut off or added, the trailer no longer fits.
 */
export type BlobLine = BlobHeading | BlobEntry | BlobEvent;

export interface BlobHeading {
  readonly type: 'blob';
  readonly schemaVersion: typeof BLOB_VERSION;
  readonly planHash: string;
  readonly shard: Shard | null;
  /** The number of units in the whole plan. */
  readonly units: number;
}

type BlobEntry = { readonly type: 'plan' } & PlanEntry;

type BlobEvent = Exclude<RunEvent, { readonly type: 'attempt-started' | 'attempt-finished' }>;

/** What stands above the trailer. */
export const BLOB_TYPES: readonly BlobLine['type'][] = [
  'blob',
  'plan',
  'run-started',
  'unit-planned',
  'unit-finished',
  'notice',
  'interrupted',
  'run-finished',
];

/** What every blob begins with, in bytes: enough to tell it from any other file. */
export const BLOB_MAGIC: Buffer = Buffer.from('{"type":"blob","schemaVersion":');

/** The trailer that belongs to the lines which were given to it, newlines included. */
export class BlobSeal {
  readonly #hash = createHash('sha256');
  #lines = 0;

  /** @param line the line's bytes with its newline */
  add(line: Uint8Array): void {
    this.#hash.update(line);
    this.#lines += 1;
  }

  /** The trailer's bytes with its newline; ends the seal. */
  close(): Buffer {
    const trailer = { type: 'end', lines: this.#lines, sha256: this.#hash.digest('hex') };
    return Buffer.from(`${JSON.stringify(trailer)}\n`);
  }
}
