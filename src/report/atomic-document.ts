import {
  closeSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';

/** How much is gathered before it is written, and how much is copied at a time; characters, bytes. */
const CHUNK = 65_536;

/**
 * A document whose parts come one by one and whose head is known only at the end (its counts, its
 * duration). The parts wait on disk, never in memory; `finish` puts the document together beside
 * its place and renames it, so that a reader sees the whole of it or nothing.
 *
 * The spool is unlinked as soon as it is open: whatever ends this process, nothing stays behind.
 * Every method throws the operating system's error (a full disk, a directory that is gone).
 */
export class AtomicDocument {
  readonly #path: string;
  #spool: number | null = null;
  #pending: string[] = [];
  #pendingLength = 0;

  /** @param path where the document will stand; its directory must exist. */
  constructor(path: string) {
    this.#path = path;
  }

  append(part: string): void {
    this.#pending.push(part);
    this.#pendingLength += part.length;
    if (this.#pendingLength >= CHUNK) this.#flush();
  }

  /** Writes head, parts and tail to the document's place. */
  finish(head: string, tail: string): void {
    this.#flush();
    const temporary = `${this.#path}.${process.pid}.tmp`;
    const target = openSync(temporary, 'w');
    try {
      try {
        writeWhole(target, Buffer.from(head));
        this.#copySpool(target);
        writeWhole(target, Buffer.from(tail));
        // Without it a crash of the machine can leave the new name with no content.
        fsyncSync(target);
      } finally {
        closeSync(target);
      }
      renameSync(temporary, this.#path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    this.release();
  }

  /** Lets go of the spool; what was not finished is forgotten. */
  release(): void {
    this.#pending = [];
    this.#pendingLength = 0;
    if (this.#spool === null) return;
    const spool = this.#spool;
    this.#spool = null;
    closeSync(spool);
  }

  #flush(): void {
    if (this.#pendingLength === 0) return;
    this.#spool ??= openUnlinked(`${this.#path}.${process.pid}.parts`);
    writeWhole(this.#spool, Buffer.from(this.#pending.join('')));
    this.#pending = [];
    this.#pendingLength = 0;
  }

  #copySpool(target: number): void {
    if (this.#spool === null) return;
    const chunk = Buffer.allocUnsafe(CHUNK);
    let position = 0;
    for (;;) {
      const length = readSync(this.#spool, chunk, 0, chunk.length, position);
      if (length === 0) return;
      writeWhole(target, chunk.subarray(0, length));
      position += length;
    }
  }
}

function openUnlinked(path: string): number {
  const fd = openSync(path, 'w+');
  unlinkSync(path);
  return fd;
}

/** Writes all of it: write(2) may write less than asked, as it does when a disk fills up. */
export function writeWhole(fd: number, bytes: Buffer): void {
  let offset = 0;
  while (offset < bytes.length) offset += writeSync(fd, bytes, offset);
}
