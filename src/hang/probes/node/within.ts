import { setTimeout as wait } from 'node:timers/promises';

/** What a promise comes to, or null where it takes longer than that. Milliseconds. */
export async function within<T>(limitMs: number, promise: Promise<T>): Promise<T | null> {
  const limit = new AbortController();
  const late = wait(limitMs, null, { signal: limit.signal });
  // Ended below, where nobody waits for it any more.
  late.catch(() => null);
  try {
    return await Promise.race([promise, late]);
  } finally {
    limit.abort();
  }
}
