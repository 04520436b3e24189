import { type FSWatcher, watch } from 'node:fs';
import { isSystemError } from '../core/errors.ts';

/**
 * Where one waits with a ticket. Who releases a permit touches the first ticket, and its waiter is
 * woken by the kernel (inotify(7)). A holder that dies touches nothing, and there may be no watch
 * to be had (`fs.inotify.max_user_watches`), so that nobody dozes for long.
 */
export class WaitingRoom {
  #watcher: FSWatcher | null = null;
  #woken = false;
  #wake: (() => void) | null = null;

  /** @param ticket its path; null where nobody can wake us */
  constructor(ticket: string | null) {
    if (ticket === null) return;
    try {
      this.#watcher = watch(ticket, { persistent: false }, () => this.#awaken());
      this.#watcher.on('error', () => this.close());
    } catch (error) {
      if (!isSystemError(error)) throw error;
      // Without a watch, dozing is all there is.
    }
  }

  /**
   * Waits so long, about: all who wait at once shall not look at once.
   *
   * @param atMostMs ends it exactly, milliseconds
   * @returns whether somebody woke us
   */
  async doze(ms: number, atMostMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    if (!this.#woken && signal?.aborted !== true) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, Math.min(ms * (0.75 + Math.random() / 2), atMostMs));
      this.#wake = resolve;
      const abort = (): void => resolve();
      signal?.addEventListener('abort', abort);
      await promise;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      this.#wake = null;
    }
    const woken = this.#woken;
    this.#woken = false;
    return woken;
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }

  #awaken(): void {
    this.#woken = true;
    this.#wake?.();
  }
}
