import type { Ending } from '../core/ending.ts';
import type { SystemCalls } from './native/system-calls.ts';
import { ownChildren } from './own-children.ts';

/**
 * Every signal says when it is worth to look, and none is known to have been lost; whoever waits
 * for an end looks again after so long all the same, milliseconds. The timer keeps the event loop
 * alive as long as there is a child, as Node's own children do.
 */
const LOOK_AGAIN_MS = 1000;

/** Waits for the children that {@link SystemCalls.posixSpawn} started, of which libuv knows nothing. */
export class EndsOfChildren {
  readonly #calls: Pick<SystemCalls, 'waitPid'>;
  readonly #waiting = new Map<number, PromiseWithResolvers<Ending>>();
  #timer: NodeJS.Timeout | null = null;

  constructor(calls: Pick<SystemCalls, 'waitPid'>) {
    this.#calls = calls;
    process.on('SIGCHLD', () => this.#look());
  }

  /** To be called in the turn of the event loop in which the child was started. */
  of(pid: number): Promise<Ending> {
    const end = Promise.withResolvers<Ending>();
    this.#waiting.set(pid, end);
    ownChildren.add(pid);
    this.#timer ??= setInterval(() => this.#look(), LOOK_AGAIN_MS);
    return end.promise;
  }

  #look(): void {
    for (const [pid, { resolve, reject }] of this.#waiting) {
      const answer = this.#calls.waitPid(pid);
      if (answer.kind === 'running') continue;
      this.#waiting.delete(pid);
      ownChildren.delete(pid);
      if (answer.kind === 'reaped') resolve(answer.ending);
      else reject(new Error(`Expected to reap pid ${pid} ourselves, and somebody else has`));
    }
    if (this.#waiting.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
