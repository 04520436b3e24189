import type { ChildProcess } from 'node:child_process';
import { inForeground } from './in-foreground.ts';

const FORWARDED = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal sends these to everybody in the foreground; one of them is enough. */
const FROM_TERMINAL: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT']);

/**
 * Hands signals on to the command, whose end then is ours.
 *
 * @returns ends that
 */
export function forwardSignals(child: ChildProcess): () => void {
  const forward = (signal: NodeJS.Signals): void => {
    if (FROM_TERMINAL.has(signal) && inForeground()) return;
    child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  return () => {
    for (const signal of FORWARDED) process.off(signal, forward);
  };
}
