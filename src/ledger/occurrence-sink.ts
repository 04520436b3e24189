import type { Sink } from '../core/event.ts';
import type { History } from '../history/history.ts';
import type { Occurrence } from '../history/occurrence.ts';
import { occurrencesOf } from './occurrences.ts';

/** Units whose failures are written in one transaction. */
const BATCH_UNITS = 64;

/** Records the failures of a run that is replayed, since its Pindown died before it did. */
export function occurrenceSink(history: History): Sink {
  const waiting = new Map<string, readonly Occurrence[]>();
  let run: { readonly id: string; readonly root: string } | null = null;
  const flush = (): void => {
    if (run === null || waiting.size === 0) return;
    history.recordOccurrences(run.id, waiting);
    waiting.clear();
  };
  return {
    name: 'failures of the history',
    handle(event) {
      if (event.type === 'run-started') ({ run } = event);
      if (event.type === 'unit-finished' && run !== null) {
        const occurrences = occurrencesOf(event.unit, run.root);
        if (occurrences.length > 0) waiting.set(event.unit.id, occurrences);
      }
      if (event.type === 'run-finished' || waiting.size >= BATCH_UNITS) flush();
    },
    close: flush,
  };
}
