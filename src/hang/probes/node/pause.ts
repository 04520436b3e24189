import type { Debugger } from 'node:inspector';
import type { Cdp } from './cdp.ts';
import { within } from './within.ts';

/**
 * Halts the thread's JavaScript where it is; it is to be resumed at once. An idle loop has none and
 * never gets there.
 *
 * @returns null where it did not halt within `limitMs`
 */
export async function pause(cdp: Cdp, limitMs: number): Promise<Halt | null> {
  return await halted(cdp, 'Debugger.pause', limitMs);
}

/**
 * Lets what is halted go on to the next statement, into calls.
 *
 * @returns null where it did not get there within `limitMs`; it runs then
 */
export async function step(cdp: Cdp, limitMs: number): Promise<Halt | null> {
  return await halted(cdp, 'Debugger.stepInto', limitMs);
}

/** The calls that it was halted in, the innermost first. */
export type Halt = readonly Debugger.CallFrame[];

async function halted(cdp: Cdp, method: string, limitMs: number): Promise<Halt | null> {
  const paused = Promise.withResolvers<Halt>();
  const forget = cdp.on('Debugger.paused', (params) => {
    paused.resolve((params as Debugger.PausedEventDataType).callFrames);
  });
  const came = cdp.expect();
  try {
    // Asked at once, and not awaited alone: some Nodes do not even answer where they do not halt.
    const asked = cdp.send(method);
    return await within(
      limitMs,
      Promise.all([paused.promise, asked]).then(([halt]) => halt),
    );
  } finally {
    came();
    forget();
  }
}
