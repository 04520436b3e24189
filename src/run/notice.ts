import type { EventOf } from '../core/event.ts';

/** Something to tell the user, before it has its time. */
export type Notice = Omit<EventOf<'notice'>, 'type' | 'at'>;
