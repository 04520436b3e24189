import { constants } from 'node:os';
import type { Ending } from '../../core/ending.ts';

/** `si_code` of a child that ended by `exit`; the others died by a signal. sigaction(2). */
const CLD_EXITED = 1;

/** Reads what waitpid(2) wrote for a process that has ended: the macros WIFEXITED and so on. */
export function endingOfStatus(status: number): Ending {
  const signal = status & 0x7f;
  return signal === 0
    ? { exitCode: (status >> 8) & 0xff, signal: null }
    : { exitCode: null, signal: signalName(signal) };
}

/** Reads `si_code` and `si_status` of waitid(2) for a process that has ended. */
export function endingOfSiginfo(code: number, status: number): Ending {
  return code === CLD_EXITED
    ? { exitCode: status, signal: null }
    : { exitCode: null, signal: signalName(status) };
}

/** `SIGKILL` for 9; real-time signals have no name of their own (signal(7)): `SIG35`. */
export function signalName(number: number): string {
  return NAMES.get(number) ?? `SIG${number}`;
}

/** Of two names for one number (SIGABRT, SIGIOT) the first, as in what Node says of a child. */
const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.signals)
    .toReversed()
    .map(([name, number]) => [number, name]),
);
