import type { Sink } from '../../core/event.ts';
import type { Trip } from '../../core/trip.ts';

/** Gathers what changes around the suite while a run goes on, and which run that is. */
export class TripListener implements Sink {
  readonly name = 'suspects';
  readonly trips: Trip[] = [];
  run: { readonly id: string; readonly number: number | null } | null = null;

  handle(event: Parameters<Sink['handle']>[0]): void {
    if (event.type === 'run-started') this.run = { id: event.run.id, number: event.run.number };
    if (event.type === 'notice' && event.trip !== undefined) this.trips.push(event.trip);
  }

  close(): void {}
}
