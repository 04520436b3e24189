import type { RunEvent } from '../core/event.ts';

/**
 * An event as one line of JSON, without its newline. `unit-finished` names its attempts by id
 * where `attempt-finished` has already written them whole.
 *
 * @param written ids of the attempts that stand in the file
 */
export function encodeEvent(event: RunEvent, written: ReadonlySet<string>): string {
  if (event.type !== 'unit-finished') return JSON.stringify(event);
  const attempts = event.unit.attempts.map((attempt) =>
    written.has(attempt.id) ? attempt.id : attempt,
  );
  return JSON.stringify({ ...event, unit: { ...event.unit, attempts } });
}
