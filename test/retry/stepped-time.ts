import type { Timekeeper } from '../../src/retry/timekeeper.ts';

/** Time that passes only by waiting, and the waits that were asked for. */
export class SteppedTime implements Timekeeper {
  readonly waits: number[] = [];
  nowMs = 1_000;

  now(): number {
    return this.nowMs;
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.waitSync(ms);
    return Promise.resolve();
  }

  waitSync(ms: number): void {
    this.waits.push(ms);
    this.nowMs += ms;
  }
}

/** An error as Node makes it of a refused system call. */
export function refused(code: string, syscall: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall, errno: -1 });
}
