import { EXIT } from '../core/exit-status.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Does what has to be undone before this process may end: the first signal is taken only after it,
 * the second one at once.
 *
 * @param onSignal told of the first one
 * @returns what came of it, and the exit status of a signal; null where there was none
 */
export async function signalsAfter<T>(
  work: () => Promise<T>,
  onSignal: (signal: (typeof SIGNALS)[number]) => void,
): Promise<{ readonly result: T; readonly exit: number | null }> {
  let exit: number | null = null;
  const take = (signal: NodeJS.Signals): void => {
    const known = SIGNALS.find((one) => one === signal) ?? 'SIGTERM';
    exit = known === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    stop();
    onSignal(known);
  };
  const stop = (): void => {
    for (const signal of SIGNALS) process.off(signal, take);
  };
  for (const signal of SIGNALS) process.on(signal, take);
  try {
    return { result: await work(), exit };
  } finally {
    stop();
  }
}
