import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt } from '../../core/attempt.ts';
import { readEvents } from '../../report/read-events.ts';

/** The attempt as its run wrote it, since the history cuts long texts; null where that is gone. */
export async function wholeAttempt(runDir: string, id: string): Promise<Attempt | null> {
  const file = join(runDir, 'events.ndjson');
  if (!existsSync(file)) return null;
  for await (const event of readEvents(file)) {
    if (event.type === 'attempt-finished' && event.attempt.id === id) return event.attempt;
  }
  return null;
}
