import type { UnitResult } from '../core/attempt.ts';
import { PindownError } from '../core/errors.ts';
import type { RunEvent, Sink } from '../core/event.ts';
import type { Trip } from '../core/trip.ts';
import type { History } from './history.ts';

/** Units that are written in one transaction when they come fast. */
const BATCH_UNITS = 64;
/** How long a finished unit waits for others, milliseconds. */
const BATCH_MS = 250;
/** How often a batch may find the history locked before the recorder gives up. */
const BUSY_LIMIT = 3;

/**
 * Records a run into the history. Units wait a moment for each other, since a transaction costs
 * more than a unit; `kill -9` loses nothing by it: the next start replays the run's event file.
 * A failing history ends the recorder by the sinks' rule: `handle` or `close` throws once, and the
 * run goes on without. It doesn't close the history.
 */
export class HistoryRecorder implements Sink {
  readonly name = 'history';
  readonly #history: History;
  #runId: string | null = null;
  #waiting: UnitResult[] = [];
  #waitingTrips: Trip[] = [];
  #recordedTrips = 0;
  #batchTimer: NodeJS.Timeout | null = null;
  #timesBusy = 0;
  /** Met by the timer, where nobody could have caught it. */
  #failure: { readonly error: unknown } | null = null;

  constructor(history: History) {
    this.#history = history;
  }

  handle(event: RunEvent): void {
    this.#rethrow();
    switch (event.type) {
      case 'run-started':
        this.#history.beginRun(event.run);
        this.#runId = event.run.id;
        break;
      case 'unit-finished':
        this.#waiting.push(event.unit);
        if (this.#waiting.length >= BATCH_UNITS) this.#flush('more to come');
        else this.#flushSoon();
        break;
      case 'notice':
        if (event.trip === undefined) break;
        this.#waitingTrips.push(event.trip);
        this.#flushSoon();
        break;
      case 'run-finished': {
        this.#flush('last');
        const { totals, durationMs, exitCode, stopped } = event;
        this.#history.finishRun(this.#run(), { totals, durationMs, exitCode, stopped });
        break;
      }
      case 'unit-planned':
      case 'attempt-started':
      case 'attempt-finished':
      case 'interrupted':
    }
  }

  close(): void {
    this.#rethrow();
    this.#flush('last');
  }

  #rethrow(): void {
    if (this.#failure === null) return;
    const { error } = this.#failure;
    this.#failure = null;
    throw error;
  }

  #run(): string {
    if (this.#runId === null) throw new Error('Expected run-started before anything else');
    return this.#runId;
  }

  #flushSoon(): void {
    this.#batchTimer ??= setTimeout(() => this.#flushLate(), BATCH_MS).unref();
  }

  #flushLate(): void {
    try {
      this.#flush('more to come');
    } catch (error) {
      this.#failure = { error };
    }
  }

  #flush(when: 'more to come' | 'last'): void {
    if (this.#batchTimer !== null) clearTimeout(this.#batchTimer);
    this.#batchTimer = null;
    try {
      this.#flushUnits();
      this.#flushTrips();
    } catch (error) {
      const busy = error instanceof PindownError && error.code === 'history-busy';
      if (busy) this.#timesBusy += 1;
      if (busy && when === 'more to come' && this.#timesBusy < BUSY_LIMIT) return;
      this.#waiting = [];
      this.#waitingTrips = [];
      throw error;
    }
  }

  #flushUnits(): void {
    if (this.#waiting.length === 0) return;
    this.#history.recordUnits(this.#run(), this.#waiting);
    this.#waiting = [];
  }

  #flushTrips(): void {
    if (this.#waitingTrips.length === 0) return;
    this.#history.recordTrips(this.#run(), this.#recordedTrips, this.#waitingTrips);
    this.#recordedTrips += this.#waitingTrips.length;
    this.#waitingTrips = [];
  }
}
