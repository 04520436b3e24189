import type { EventOf } from '../../core/event.ts';
import { sanitiseLine } from './sanitise.ts';
import type { Theme, Tone } from './theme.ts';

type Notice = EventOf<'notice'>;

const TONES: Record<Notice['level'], Tone> = { info: 'dim', warning: 'warn', error: 'bad' };

/** `warning: the history can't be written: …`; an info is its message alone. */
export function noticeLine({ level, message }: Notice, theme: Theme): string {
  const text = sanitiseLine(message);
  return level === 'info'
    ? theme.paint('dim', text)
    : `${theme.paint(TONES[level], level)}: ${text}`;
}

/** What the first Ctrl-C does, and what a second would. */
export function interruptLine({ signal, times }: EventOf<'interrupted'>, theme: Theme): string {
  const text =
    times === 1
      ? 'ending what runs and writing the reports; once more kills everything now'
      : 'killing everything now';
  return `${theme.paint('warn', signal)}: ${text}`;
}
