import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { hasSignal } from '../../observe/process-sample.ts';
import type { ObservedProcess } from '../../observe/observation.ts';
import type { Answer, Probe, ProbeContext } from '../probe.ts';
import { parseFaulthandler } from './faulthandler-dump.ts';

/** As in `src/frameworks/pytest/run.py`, which arms the processes that it runs tests in. */
const STACKS_SIGNAL = 57;
const STACKS = /^\/memfd:pindown-stacks(?: \(deleted\))?$/;

/** A dump comes in many writes; when none has come for so long, it is whole, milliseconds. */
const QUIET_MS = 40;

/**
 * The threads of a Python that was armed when it was started, by a signal to which its
 * `faulthandler` answers in C, while the interpreter lock is held, too. Only for those whose memory
 * says nothing.
 */
export const armedFaulthandler: Probe = {
  name: 'armed-faulthandler',
  disturbs: 'may-interrupt-calls',
  limitMs: 1_000,
  applies: (process) => armedAt(process) !== null,
  async run(process, { found = [], signal }: ProbeContext): Promise<Answer> {
    const fd = armedAt(process);
    const isKnown = found.some(({ pid, stacks }) => pid === process.pid && stacks.length > 0);
    if (fd === null || isKnown) return { stacks: [], missing: null };
    const text = await dumpOf(process.pid, fd, signal);
    const stacks = parseFaulthandler(text);
    return { stacks, missing: stacks.length === 0 ? 'its faulthandler wrote nothing' : null };
  },
};

/** The descriptor that its dump goes to; null where it is not armed, or was disarmed by a test. */
function armedAt({ now, descriptors }: ObservedProcess): number | null {
  if (!hasSignal(now.signals.caught, STACKS_SIGNAL)) return null;
  return descriptors.list.find(({ target }) => STACKS.test(target))?.fd ?? null;
}

async function dumpOf(pid: number, fd: number, signal: AbortSignal): Promise<string> {
  const dump = openSync(`/proc/${pid}/fd/${fd}`, 'r');
  try {
    const before = fstatSync(dump).size;
    process.kill(pid, STACKS_SIGNAL);
    let size = before;
    do {
      const last = size;
      await wait(QUIET_MS);
      ({ size } = fstatSync(dump));
      if (size > before && size === last) break;
    } while (!signal.aborted);
    const bytes = Buffer.alloc(size - before);
    readSync(dump, bytes, 0, bytes.length, before);
    return bytes.toString('utf8');
  } finally {
    closeSync(dump);
  }
}
