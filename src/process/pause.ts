/** Waits, or less if the signal aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const cut = (): void => resolve();
  signal?.addEventListener('abort', cut, { once: true });
  await promise;
  clearTimeout(timer);
  signal?.removeEventListener('abort', cut);
}
