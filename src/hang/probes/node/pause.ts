import type { Debugger } from 'node:inspector';
import { setTimeout as wait } from 'node:timers/promises';
import type { Cdp } from './cdp.ts';

/**
 * Halts the thread's JavaScript where it is; it is to be resumed at once. An idle loop has none and
 * never gets there.
 *
 * @returns null where it did not halt within `limitMs`
 */
export async function pause(
  cdp: Cdp,
  limitMs: number,
): Promise<readonly Debugger.CallFrame[] | null> {
  const paused = Promise.withResolvers<readonly Debugger.CallFrame[]>();
  const forget = cdp.on('Debugger.paused', (params) => {
    paused.resolve((params as Debugger.PausedEventDataType).callFrames);
  });
  const came = cdp.expect();
  const limit = new AbortController();
  try {
    await cdp.send('Debugger.pause');
    const late = wait(limitMs, null, { signal: limit.signal });
    // Ended below, where nobody waits for it any more.
    late.catch(() => null);
    return await Promise.race([paused.promise, late]);
  } finally {
    limit.abort();
    came();
    forget();
  }
}
