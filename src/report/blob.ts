import { closeSync, fsyncSync, openSync } from 'node:fs';
import type { RunEvent, Sink } from '../core/event.ts';
import type { PlanEntry } from '../core/plan-entry.ts';
import type { RunInfo } from '../core/run.ts';
import { writeWhole } from './atomic-document.ts';
import { BLOB_VERSION, type BlobLine, BlobSeal } from './blob/format.ts';

export interface BlobOptions {
  /** Absolute; its directory must exist, and it must not be there yet. */
  readonly file: string;
  /** The whole plan, all shards. */
  readonly entries: readonly PlanEntry[];
}

/** How much is gathered before it is written, bytes. */
const CHUNK = 65_536;

/**
 * Writes `blob.ndjson`: this run's part of the plan for `pindown merge`, as `blob/format.ts`
 * describes it. A run that ends early leaves a blob without its trailer, which no merge accepts.
 */
export function blobSink(options: BlobOptions): Sink {
  let writer: BlobWriter | null = null;
  return {
    name: 'blob.ndjson',
    handle(event) {
      switch (event.type) {
        case 'run-started':
          writer = new BlobWriter(options.file);
          writePlan(writer, event.run, options.entries);
          writer.write(event);
          break;
        case 'unit-planned':
        case 'unit-finished':
        case 'notice':
        case 'interrupted':
          begun(writer, event).write(event);
          break;
        case 'run-finished':
          begun(writer, event).write(event);
          begun(writer, event).seal();
          break;
        case 'attempt-started':
        case 'attempt-finished':
          break;
      }
    },
    close: () => writer?.close(),
  };
}

function writePlan(writer: BlobWriter, run: RunInfo, entries: readonly PlanEntry[]): void {
  const { planHash, shard } = run;
  writer.write({
    type: 'blob',
    schemaVersion: BLOB_VERSION,
    planHash,
    shard,
    units: entries.length,
  });
  for (const entry of entries) writer.write({ type: 'plan', ...entry });
}

function begun(writer: BlobWriter | null, event: RunEvent): BlobWriter {
  if (writer === null) throw new Error(`${event.type} came without run-started`);
  return writer;
}

/** Appends lines to a new file in pieces of some size; owns the file. */
class BlobWriter {
  readonly #seal = new BlobSeal();
  #fd: number | null;
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  constructor(file: string) {
    // A blob that is there belongs to another run: `x` refuses to write into it.
    this.#fd = openSync(file, 'wx');
  }

  write(line: BlobLine): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    this.#seal.add(bytes);
    this.#append(bytes);
  }

  /** Writes the trailer, and everything to the disk. */
  seal(): void {
    this.#append(this.#seal.close());
    this.#flush();
    if (this.#fd !== null) fsyncSync(this.#fd);
    this.close();
  }

  close(): void {
    if (this.#fd === null) return;
    const fd = this.#fd;
    this.#fd = null;
    closeSync(fd);
  }

  #append(bytes: Buffer): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= CHUNK) this.#flush();
  }

  #flush(): void {
    if (this.#fd === null) throw new Error('the blob was closed before its end');
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    writeWhole(this.#fd, bytes);
  }
}
