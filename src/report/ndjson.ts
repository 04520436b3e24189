import { closeSync, openSync, renameSync } from 'node:fs';
import type { RunEvent, Sink } from '../core/event.ts';
import { writeWhole } from './atomic-document.ts';
import { cutTornLine } from './cut-torn-line.ts';
import { encodeEvent } from './encode-event.ts';
import { tornLineNotice } from './read-events.ts';

export interface NdjsonOptions {
  /** Absolute; its directory must exist. An existing file is continued, never overwritten. */
  readonly file: string;
}

/**
 * Appends every event to `events.ndjson` as it happens, each in one synchronous write, so that
 * `kill -9` loses nothing that had ended. The plan is there whole or not at all: until its last unit
 * is written, and nothing can have been started, the file has another name. A line that an earlier
 * owner left half written is cut off first, and a notice in the file says so.
 */
export function ndjsonSink(options: NdjsonOptions): Sink {
  const { file } = options;
  const planning = `${file}.plan`;
  let fd: number | null = null;
  let planned = false;
  /** Attempts that were written whole and whose unit is not finished yet. */
  const written = new Set<string>();

  const append = (event: RunEvent): void => {
    if (fd === null && event.type === 'run-started') fd = openSync(planning, 'ax');
    if (fd === null) {
      planned = true;
      const torn = cutTornLine(file);
      fd = openSync(file, 'a');
      if (torn !== null) append(tornLineNotice(torn, event.at));
    }
    if (!planned && event.type !== 'run-started' && event.type !== 'unit-planned') publish();
    writeWhole(fd, Buffer.from(`${encodeEvent(event, written)}\n`));
  };

  const publish = (): void => {
    renameSync(planning, file);
    planned = true;
  };

  return {
    name: 'events.ndjson',
    handle(event) {
      append(event);
      if (event.type === 'attempt-finished') written.add(event.attempt.id);
      if (event.type === 'unit-finished') {
        for (const attempt of event.unit.attempts) written.delete(attempt.id);
      }
    },
    close() {
      if (fd === null) return;
      if (!planned) publish();
      const open = fd;
      fd = null;
      closeSync(open);
    },
  };
}
