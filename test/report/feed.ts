import type { RunEvent, Sink } from '../../src/core/event.ts';

/** Gives a sink all of the events and closes it. */
export async function feed(sink: Sink, events: Iterable<RunEvent>): Promise<void> {
  for (const event of events) sink.handle(event);
  await sink.close();
}
