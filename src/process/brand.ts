import { SystemCallError } from './native/system-call-error.ts';
import type { SystemCalls } from './native/system-calls.ts';
import { readProcFile } from './proc-stat.ts';

/**
 * From here on a limit means nothing but our mark: so many microseconds of real-time scheduling
 * without a break are 142 years. All brands fit into the integers of a double.
 */
const LOWEST = 2 ** 52;
const RUNS = 2 ** 26;
const PER_RUN = 2 ** 24;

/**
 * A mark on all that an attempt starts, which the kernel hands on and a process can't lose without
 * meaning to: the soft limit RLIMIT_RTTIME (getrlimit(2)), which concerns only processes under a
 * real-time policy. It passes through fork, exec, setsid and an empty environment, and
 * `/proc/PID/limits` shows it, of a process in the middle of exec(2), too.
 */
export class Brands {
  readonly #calls: SystemCalls;
  readonly #base: number;
  #count = 0;

  constructor(calls: SystemCalls, runId: string) {
    this.#calls = calls;
    this.#base = baseOf(runId);
  }

  /** A mark that no other attempt has. */
  next(): number {
    this.#count = (this.#count + 1) % PER_RUN;
    return this.#base + this.#count;
  }

  /** Runs `start` with the mark on this process, so that what it forks has it. */
  branded<T>(brand: number, start: () => T): T {
    const before = this.#calls.realTimeLimit();
    this.#calls.setRealTimeLimit({ ...before, soft: BigInt(brand) });
    try {
      return start();
    } finally {
      this.#calls.setRealTimeLimit(before);
    }
  }

  /** Why no mark can be given here; null where it can. */
  fault(): string | null {
    try {
      return this.branded(this.#base, () => null);
    } catch (error) {
      if (error instanceof SystemCallError) return error.message;
      throw error;
    }
  }
}

/** Whether a mark is of a run, as the next start knows that by its id. */
export function isBrandOf(runId: string, brand: number): boolean {
  const base = baseOf(runId);
  return brand >= base && brand < base + PER_RUN;
}

/** The last twelve digits of a UUIDv7 are random. */
function baseOf(runId: string): number {
  return LOWEST + (Number.parseInt(runId.slice(-12), 16) % RUNS) * PER_RUN;
}

/** The mark of a process; null where it has none or is gone. */
export function brandOf(pid: number): number | null {
  const limits = readProcFile(`/proc/${pid}/limits`);
  const soft = /^Max realtime timeout\s+(\d+)/m.exec(limits ?? '')?.[1];
  if (soft === undefined) return null;
  const brand = Number(soft);
  return brand >= LOWEST && brand < LOWEST + RUNS * PER_RUN ? brand : null;
}
