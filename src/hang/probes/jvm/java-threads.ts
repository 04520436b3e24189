import { basename } from 'node:path';
import { hasSignal } from '../../observe/process-sample.ts';
import type { Probe } from '../probe.ts';
import { askJvm } from './attach.ts';
import { parseThreadDump } from './thread-dump.ts';

const SIGQUIT = 3;

/**
 * The threads of a HotSpot JVM with their lines, locks and deadlocks, as it prints them itself. A
 * thread of it goes on listening at a socket, and the threads meet at a safepoint for a moment; who
 * does not catch SIGQUIT (`-Xrs`) is not asked, since that would end it, nor one that answers on its
 * stdout alone.
 */
export const javaThreads: Probe = {
  name: 'java-threads',
  disturbs: 'starts-inspector',
  limitMs: 2_000,
  applies: ({ now }) =>
    basename(now.executable ?? '') === 'java' &&
    hasSignal(now.signals.caught, SIGQUIT) &&
    !now.commandLine.includes('+DisableAttachMechanism'),
  async run({ pid }, { signal }) {
    const text = await askJvm(pid, ['threaddump', '-l'], signal);
    if (text === null) return { stacks: [], missing: 'the JVM does not answer its attach socket' };
    const { stacks, found } = parseThreadDump(text);
    // The JVM's own threads have no frames.
    return { stacks: stacks.filter(({ frames }) => frames.length > 0), said: found, missing: null };
  },
};
