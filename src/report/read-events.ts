import type { Attempt, UnitResult } from '../core/attempt.ts';
import { environmentError, type PindownError } from '../core/errors.ts';
import type { EventOf, RunEvent } from '../core/event.ts';
import { readLines } from '../core/lines.ts';

/** How much of a line is shown in a message about it, in characters. */
const SHOWN = 120;

/** The field that carries an event's content; null for those that have only plain values. */
const CONTENT = {
  'run-started': 'run',
  'unit-planned': 'unit',
  'attempt-started': null,
  'attempt-finished': 'attempt',
  'unit-finished': 'unit',
  notice: null,
  interrupted: null,
  'run-finished': 'totals',
} as const satisfies Record<RunEvent['type'], string | null>;

/**
 * Reads an `events.ndjson` back as the stream that was written, attempts of finished units
 * restored. Holds one line and the attempts of unfinished units in memory.
 *
 * A last line that was torn (`kill -9`, a full disk) ends the stream with a notice of the code
 * `events-torn-line`. Throws a `PindownError` (`events-bad-line`) that names the line for anything
 * else that is not an event, and the operating system's error where the file can't be read.
 */
export async function* readEvents(file: string): AsyncGenerator<RunEvent> {
  const attempts = new Map<string, Attempt>();
  let number = 0;
  let at = 0;
  for await (const line of readLines(file)) {
    number += 1;
    const parsed = parseEvent(line.text, attempts);
    if (parsed.event !== null) {
      at = parsed.event.at;
      yield parsed.event;
    } else if (line.terminated) {
      throw badLine(file, number, parsed.why, line.text);
    } else {
      yield tornLineNotice(line.text, at);
    }
  }
}

/** What a reader is told about a last line that was cut off. */
export function tornLineNotice(line: string, at: number): EventOf<'notice'> {
  return {
    type: 'notice',
    at,
    level: 'warning',
    code: 'events-torn-line',
    message:
      `the last line of events.ndjson is incomplete, as after kill -9 or on a full disk; ` +
      `the event is lost. It begins ${quote(line)}`,
  };
}

function badLine(file: string, number: number, why: string, line: string): PindownError {
  return environmentError(
    'events-bad-line',
    `${file}:${number} is not an event (${why}): ${quote(line)}`,
    'The file was changed after it was written, or by a newer version. Run the suite again.',
  );
}

function quote(line: string): string {
  return JSON.stringify(line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line);
}

type Parsed = { readonly event: RunEvent } | { readonly event: null; readonly why: string };

function parseEvent(line: string, attempts: Map<string, Attempt>): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { event: null, why: 'not JSON' };
  }
  if (!isRecord(value)) return { event: null, why: 'not an object' };
  const type = value['type'];
  if (!isEventType(type)) return { event: null, why: `unknown type ${JSON.stringify(type)}` };
  if (typeof value['at'] !== 'number') return { event: null, why: 'no time' };
  const content = CONTENT[type];
  if (content !== null && !isRecord(value[content])) return { event: null, why: `no ${content}` };
  // Written by our own sink: beyond this point its shape is the type's.
  const event = value as unknown as RunEvent;
  switch (event.type) {
    case 'attempt-finished':
      attempts.set(event.attempt.id, event.attempt);
      return { event };
    case 'unit-finished':
      return restoreAttempts(event, attempts);
    case 'run-started':
    case 'unit-planned':
    case 'attempt-started':
    case 'notice':
    case 'interrupted':
    case 'run-finished':
      return { event };
  }
}

function restoreAttempts(event: EventOf<'unit-finished'>, attempts: Map<string, Attempt>): Parsed {
  const listed: unknown = event.unit.attempts;
  if (!Array.isArray(listed)) return { event: null, why: 'no attempts' };
  const restored: Attempt[] = [];
  for (const entry of listed as readonly (string | Attempt)[]) {
    const attempt = typeof entry === 'string' ? attempts.get(entry) : entry;
    if (attempt === undefined) {
      return { event: null, why: `no attempt ${JSON.stringify(entry)} before it` };
    }
    restored.push(attempt);
    attempts.delete(attempt.id);
  }
  const unit: UnitResult = { ...event.unit, attempts: restored };
  return { event: { ...event, unit } };
}

function isEventType(type: unknown): type is RunEvent['type'] {
  return typeof type === 'string' && Object.hasOwn(CONTENT, type);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
