import { activityOf } from '../../classes/activity.ts';
import type { Observation, ObservedProcess } from '../../observe/observation.ts';

/** So many of a tree are traced, each for a third of a second. */
const MOST_TRACED = 3;

/** As the classes have it, who take what is traced for their evidence. */
const BUSY = 0.8;
const LEAST_SYSTEM = 0.3;
const MOST_ACTIVE = 0.3;

/** A second. */
const LEAST_WAKES = 2;

/**
 * Whether a trace of its system calls would tell something: it spends its time in the kernel, or
 * wakes again and again.
 */
export function isRestless(process: ObservedProcess): boolean {
  const { threads } = activityOf(process);
  const isIdle = threads.every(({ active }) => active < MOST_ACTIVE);
  if (isIdle && threads.some(({ sleeps }) => sleeps >= LEAST_WAKES)) return true;
  return threads.some(({ busy, system }) => busy > BUSY && (system ?? 0) >= LEAST_SYSTEM);
}

/** Whether it is among the first of those: a large tree would take too long. */
export function isTraced(process: ObservedProcess, { processes }: Observation): boolean {
  const restless = [...processes.values()].filter(isRestless).slice(0, MOST_TRACED);
  return restless.some(({ pid }) => pid === process.pid);
}
