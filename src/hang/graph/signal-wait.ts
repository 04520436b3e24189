import { signalName } from '../../process/native/wait-status.ts';
import { hasSignal } from '../observe/process-sample.ts';
import { readMemory } from '../observe/process-memory.ts';

import type { Blocked, Decoded } from './decoded.ts';
import type { Source } from './wait.ts';

/** The kernel has 64 signals, of which the first 31 have names. */
const SIGNALS: readonly number[] = Array.from({ length: 64 }, (_, index) => index + 1);

/** `pause`, `sigsuspend`, `sigwait`: a wait that a signal ends. */
export function signalWait(blocked: Blocked): Decoded | null {
  const { call, process, seen } = blocked;
  const { name } = call;
  if (name !== 'pause' && name !== 'rt_sigsuspend' && name !== 'rt_sigtimedwait') return null;
  const signals = awaited(blocked, name);
  const names = signals?.slice(0, 4).map(signalName).join(', ') ?? '';
  const children = [...seen.processes.values()].filter(({ now }) => now.parent === process.pid);
  return {
    kind: 'signal',
    what: `waits for ${names === '' ? 'a signal' : `the signal ${names}${(signals?.length ?? 0) > 4 ? ' or another' : ''}`} (${name})`,
    signals,
    sources: [
      ...children.map(({ pid }): Source => ({ kind: 'end', pid, via: 'SIGCHLD of its child' })),
      { kind: 'outside', pid: null, via: 'whoever sends it a signal' },
    ],
  };
}

/**
 * Which signals end the wait: those of the set that sigwait(3) was given, or those that are caught
 * and that sigsuspend(2) or the process does not block. Null where that may not be read.
 */
function awaited(
  { call, process }: Blocked,
  name: 'pause' | 'rt_sigsuspend' | 'rt_sigtimedwait',
): readonly number[] | null {
  const { caught, blocked } = process.now.signals;
  if (name === 'pause') return SIGNALS.filter((signal) => hasSignal(caught & ~blocked, signal));
  const set = readMemory(process.pid, call.args[0] ?? 0n, 8)?.readBigUInt64LE(0);
  if (set === undefined) return null;
  const ending = name === 'rt_sigtimedwait' ? set : caught & ~set;
  return SIGNALS.filter((signal) => hasSignal(ending, signal));
}
