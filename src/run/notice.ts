import type { Leak } from '../core/attempt.ts';
import type { EventOf } from '../core/event.ts';

/** Something to tell the user, before it has its time. */
export type Notice = Omit<EventOf<'notice'>, 'type' | 'at'>;

/**
 * A process that was met outside of its attempt.
 *
 * @param met when it was met, or whose it was; a sentence about it
 */
export function leftNotice(code: string, leak: Leak, met: string): Notice {
  const { pid, command, foundBy, endedBy } = leak;
  const message = `pid ${pid} (${command}) was still there: ${met}; found by ${foundBy.join(', ')}; ended by ${endedBy}`;
  return { level: 'warning', code, message };
}

/** What a run took of the machine and could not give back. */
export function notGivenBack(message: string): Notice {
  return { level: 'warning', code: 'not-given-back', message };
}
