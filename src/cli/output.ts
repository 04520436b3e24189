import { fstatSync } from 'node:fs';
import { isatty, type WriteStream } from 'node:tty';
import { isSystemError } from '../core/errors.ts';
import { writeWhole } from '../report/atomic-document.ts';

/**
 * One of the process's own output streams. A write that fails (a full disk, a terminal that is
 * gone) never throws, since a run must come to its end whoever reads along: the fault is kept, and
 * what is written after it is dropped. A reader that goes away (`pindown history | head`) is no
 * fault at all.
 */
export class Output {
  readonly #stream: WriteStream & { readonly fd: number };
  readonly isTTY: boolean;
  /** Whether it is written to by write(2) itself. */
  readonly #direct: boolean;
  #closed = false;
  #fault: Error | null = null;
  #pending = 0;
  #idle: PromiseWithResolvers<void> | null = null;

  constructor(stream: WriteStream & { readonly fd: number }) {
    this.#stream = stream;
    this.isTTY = isatty(stream.fd);
    const kind = fstatSync(stream.fd);
    // Node's own stream for these takes a short write, as on a disk that fills up, for a whole one
    // (lib/internal/fs/sync_write_stream.js).
    this.#direct = !this.isTTY && (kind.isFile() || kind.isCharacterDevice());
    stream.on('error', (error: Error) => this.#failed(error));
  }

  get columns(): number {
    return this.#stream.columns ?? 0;
  }

  get rows(): number {
    return this.#stream.rows ?? 0;
  }

  write(text: string): void {
    if (this.#closed) return;
    if (this.#direct) this.#writeNow(text);
    else this.#writeLater(text);
  }

  /** Waits until what was written was taken, or lost; returns the fault if there is one. */
  async settled(): Promise<Error | null> {
    if (this.#pending > 0) {
      this.#idle ??= Promise.withResolvers();
      await this.#idle.promise;
    }
    return this.#fault;
  }

  #writeNow(text: string): void {
    try {
      writeWhole(this.#stream.fd, Buffer.from(text));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#failed(error);
    }
  }

  #writeLater(text: string): void {
    this.#pending += 1;
    this.#stream.write(text, (error) => {
      if (error) this.#failed(error);
      this.#pending -= 1;
      if (this.#pending > 0) return;
      this.#idle?.resolve();
      this.#idle = null;
    });
  }

  #failed(error: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    const readerLeft = isSystemError(error) && error.code === 'EPIPE';
    if (!readerLeft) this.#fault = error;
  }
}
