import { closeSync, openSync, readSync } from 'node:fs';
import { isSystemError } from '../../../core/errors.ts';

/** What was read leads to where nothing is: the structure is another, or it changed meanwhile. */
export class UnreadableMemory extends Error {
  override readonly name = 'UnreadableMemory';

  constructor(address: number) {
    super(`nothing can be read at 0x${address.toString(16)}`);
  }
}

const PAGE = 4_096;

/**
 * The memory of a process, read without stopping it (proc_pid_mem(5)). A page is read once, so that
 * what is followed from pointer to pointer is nearly of one moment. Addresses are plain numbers:
 * those of user space have 47 bits.
 */
export class TargetMemory {
  readonly #descriptor: number;
  readonly #pages = new Map<number, Buffer>();

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Reads with `body`; null where the process is gone, or its memory may not be read. */
  static read<T>(pid: number, body: (memory: TargetMemory) => T): T | null {
    const descriptor = open(pid);
    if (descriptor === null) return null;
    try {
      return body(new TargetMemory(descriptor));
    } finally {
      closeSync(descriptor);
    }
  }

  /** @throws {UnreadableMemory} as everything below does */
  bytes(address: number, length: number): Buffer {
    const within = address % PAGE;
    if (within + length <= PAGE) return this.#page(address).subarray(within, within + length);
    const parts: Buffer[] = [];
    for (let at = address; at < address + length;) {
      const page = this.#page(at);
      const part = page.subarray(at % PAGE, Math.min(PAGE, (at % PAGE) + address + length - at));
      parts.push(part);
      at += part.length;
    }
    return Buffer.concat(parts);
  }

  pointer(address: number): number {
    return Number(this.bytes(address, 8).readBigUInt64LE(0));
  }

  int32(address: number): number {
    return this.bytes(address, 4).readInt32LE(0);
  }

  uint8(address: number): number {
    return this.bytes(address, 1).readUInt8(0);
  }

  /** Up to the NUL byte, or to `most` bytes. */
  text(address: number, most = 1_024): string {
    const bytes: number[] = [];
    for (let at = address; bytes.length < most; at += 1) {
      const byte = this.uint8(at);
      if (byte === 0) break;
      bytes.push(byte);
    }
    return Buffer.from(bytes).toString('utf8');
  }

  #page(address: number): Buffer {
    const start = address - (address % PAGE);
    const known = this.#pages.get(start);
    if (known !== undefined) return known;
    const page = Buffer.alloc(PAGE);
    if (!Number.isSafeInteger(start) || start <= 0 || !this.#fill(page, start)) {
      throw new UnreadableMemory(address);
    }
    this.#pages.set(start, page);
    return page;
  }

  #fill(page: Buffer, start: number): boolean {
    try {
      return readSync(this.#descriptor, page, 0, PAGE, start) === PAGE;
    } catch (error) {
      if (isSystemError(error)) return false;
      throw error;
    }
  }
}

function open(pid: number): number | null {
  try {
    return openSync(`/proc/${pid}/mem`, 'r');
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}
