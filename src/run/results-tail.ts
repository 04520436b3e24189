import { type FSWatcher, closeSync, openSync, readSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isSystemError } from '../core/errors.ts';
import { type ResultRecord, parseRecord } from '../frameworks/records.ts';

const CHUNK_BYTES = 65_536;

/** How often it is read where it can't be watched, milliseconds. */
const POLL_EVERY_MS = 100;

/** Follows the results file of a batch while it grows and hands on each record as it comes. */
export class ResultsTail {
  readonly #file: string;
  readonly #token: string;
  readonly #onRecord: (record: ResultRecord) => void;
  readonly #watcher: FSWatcher | null;
  #poll: NodeJS.Timeout | null = null;
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #descriptor: number | null = null;
  #offset = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(file: string, token: string, onRecord: (record: ResultRecord) => void) {
    this.#file = file;
    this.#token = token;
    this.#onRecord = onRecord;
    this.#watcher = this.#watch();
  }

  #watch(): FSWatcher | null {
    const name = basename(this.#file);
    try {
      const watcher = watch(dirname(this.#file), (_event, changed) => {
        if (changed === null || changed === name) this.read();
      });
      watcher.on('error', () => {
        watcher.close();
        this.#pollInstead();
      });
      return watcher;
    } catch (error) {
      // The user's inotify instances or watches can be used up (EMFILE, ENOSPC; inotify(7)).
      if (!isSystemError(error)) throw error;
      this.#pollInstead();
      return null;
    }
  }

  #pollInstead(): void {
    this.#poll ??= setInterval(() => this.read(), POLL_EVERY_MS);
  }

  /** Reads what has been appended since the last time. */
  read(): void {
    if (!this.#open()) return;
    for (;;) {
      const bytes = readSync(this.#descriptor!, this.#chunk, 0, CHUNK_BYTES, this.#offset);
      if (bytes === 0) return;
      this.#offset += bytes;
      this.#take(this.#chunk.subarray(0, bytes));
    }
  }

  close(): void {
    this.#watcher?.close();
    if (this.#poll !== null) clearInterval(this.#poll);
    this.#poll = null;
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #open(): boolean {
    if (this.#descriptor !== null) return true;
    try {
      this.#descriptor = openSync(this.#file, 'r');
      return true;
    } catch (error) {
      if (isSystemError(error) && error.code === 'ENOENT') return false;
      throw error;
    }
  }

  #take(bytes: Buffer): void {
    let data = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const end = data.indexOf(10);
      if (end < 0) break;
      const parsed = parseRecord(data.toString('utf8', 0, end), this.#token);
      // What is refused here is refused again, and named, when the results are collected.
      if ('record' in parsed) this.#onRecord(parsed.record);
      data = data.subarray(end + 1);
    }
    this.#rest = Buffer.from(data);
  }
}
