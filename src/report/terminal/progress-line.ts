import type { RunEvent } from '../../core/event.ts';
import { interruptLine, noticeLine } from './notice-line.ts';
import type { Theme } from './theme.ts';
import { unitLine } from './unit-line.ts';

/** The line that an event leaves on stderr while the run goes on; null for most. */
export function progressLine(event: RunEvent, theme: Theme): string | null {
  switch (event.type) {
    case 'unit-finished':
      return unitLine(event.unit, theme);
    case 'notice':
      return noticeLine(event, theme);
    case 'interrupted':
      return interruptLine(event, theme);
    case 'run-started':
    case 'unit-planned':
    case 'attempt-started':
    case 'attempt-finished':
    case 'run-finished':
      return null;
  }
}
