/** What an interrupt is handed to: first the listing of the suite, then the run itself. */
export interface Interrupts {
  /** Aborted by the first interrupt while nothing else takes it. */
  readonly signal: AbortSignal;
  /** From now on interrupts go there. */
  handOver(handler: (signal: 'SIGINT' | 'SIGTERM') => void): void;
  /** Takes the listeners away. */
  stop(): void;
}

/** The run was interrupted before its first attempt. */
export class InterruptedEarly extends Error {
  override readonly name = 'InterruptedEarly';
  readonly signal: 'SIGINT' | 'SIGTERM';

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`interrupted by ${signal}`);
    this.signal = signal;
  }
}

/**
 * Listens for Ctrl-C (SIGINT), SIGTERM, and SIGHUP, the end of the terminal, which is taken as
 * SIGTERM.
 */
export function listenForInterrupts(): Interrupts {
  const abort = new AbortController();
  let handler: ((signal: 'SIGINT' | 'SIGTERM') => void) | null = null;
  const take = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (handler === null) abort.abort(new InterruptedEarly(signal));
    else handler(signal);
  };
  const listeners = {
    SIGINT: () => take('SIGINT'),
    SIGTERM: () => take('SIGTERM'),
    SIGHUP: () => take('SIGTERM'),
  } as const;
  for (const [signal, listener] of Object.entries(listeners)) process.on(signal, listener);
  return {
    signal: abort.signal,
    handOver: (next) => {
      handler = next;
      // It may have come in between.
      if (abort.signal.reason instanceof InterruptedEarly) next(abort.signal.reason.signal);
    },
    stop: () => {
      for (const [signal, listener] of Object.entries(listeners)) process.off(signal, listener);
    },
  };
}
