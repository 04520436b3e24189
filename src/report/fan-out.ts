import type { Clock } from '../core/clock.ts';
import { describeFault } from '../core/errors.ts';
import type { RunEvent, Sink } from '../core/event.ts';

/** A sink that could not do its work; the error is whole, for its stack. */
export interface SinkFailure {
  readonly sink: string;
  readonly error: unknown;
  /** For people: `report.json could not be written: ENOSPC (write)`. */
  readonly message: string;
  /** Whether the other sinks have heard of it, as a notice; not where it failed at its closing. */
  readonly announced: boolean;
}

export interface FanOut {
  handle(event: RunEvent): void;
  /** Closes every sink, also those that were dropped; never rejects. */
  close(): Promise<readonly SinkFailure[]>;
}

/**
 * Delivers every event to every sink, in their order. A sink that throws is dropped, and the
 * others hear of it once, as a notice of the code `sink-failed`. While `run-finished` goes round,
 * only those hear of it that have not had that event yet, since nothing may follow it: give the
 * sink that talks to people last.
 */
export function fanOut(sinks: readonly Sink[], clock: Clock): FanOut {
  const live = new Set(sinks);
  const failures: SinkFailure[] = [];

  const record = (sink: Sink, error: unknown, announced: boolean): SinkFailure => {
    const message = `${sink.name} could not be written: ${describeFault(error)}`;
    const failure: SinkFailure = { sink: sink.name, error, message, announced };
    failures.push(failure);
    return failure;
  };

  const notice = (failure: SinkFailure): RunEvent => ({
    type: 'notice',
    at: clock.wall(),
    level: 'error',
    code: 'sink-failed',
    message: failure.message,
  });

  const deliver = (event: RunEvent, to: readonly Sink[]): void => {
    const failed: SinkFailure[] = [];
    for (const [index, sink] of to.entries()) {
      if (!live.has(sink)) continue;
      try {
        sink.handle(event);
      } catch (error) {
        live.delete(sink);
        const failure = record(sink, error, true);
        if (event.type === 'run-finished') deliver(notice(failure), to.slice(index + 1));
        else failed.push(failure);
      }
    }
    // After the event itself, so that no sink meets a notice before `run-started`.
    for (const failure of failed) deliver(notice(failure), to);
  };

  return {
    handle: (event) => deliver(event, sinks),
    async close() {
      for (const sink of sinks) {
        try {
          await sink.close();
        } catch (error) {
          record(sink, error, false);
        }
      }
      return failures;
    },
  };
}
