import { signalName } from '../../process/native/wait-status.ts';
import { hasSignal, type ProcessSample } from '../observe/process-sample.ts';

/** SIGINT and SIGTERM, by which a process is asked to end. */
const ASKING: readonly number[] = [2, 15];

/**
 * Which of the signals that ask for an end a process would not see, in words: only SIGKILL ends it
 * then. That decides no class: a process that ignores SIGTERM hangs for a reason of its own.
 */
export function deafTo({ signals: { ignored, blocked, pending } }: ProcessSample): string[] {
  return ASKING.flatMap((signal) => {
    const name = signalName(signal);
    if (hasSignal(ignored, signal)) return [`ignores ${name}`];
    if (!hasSignal(blocked, signal)) return [];
    return [`blocks ${name}${hasSignal(pending, signal) ? ', which was sent to it' : ''}`];
  });
}
