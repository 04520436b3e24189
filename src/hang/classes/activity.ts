import type { ThreadRef } from '../graph/wait.ts';
import type { ObservedProcess, ObservedThread } from '../observe/observation.ts';
import type { Scene } from './hang-class.ts';
import { living } from './scene.ts';

/** What one thread did between the looks. */
export interface ThreadActivity {
  readonly thread: ThreadRef;
  /**
   * For which share of the time it ran or could have run and had no processor; 1 is all of it, on a
   * loaded machine as on an idle one.
   */
  readonly busy: number;
  /**
   * For which share of the time it ran, of the time in which it had not to wait for a processor: small
   * for one that only wakes now and then, however loaded the machine is.
   */
  readonly active: number;
  /** Which share of its time on a processor was the kernel's; null where nothing was counted. */
  readonly system: number | null;
  /** How often it went to sleep by itself, a second. */
  readonly sleeps: number;
}

/** What one process did between the looks. */
export interface Activity {
  readonly process: ObservedProcess;
  readonly seconds: number;
  /** The busiest first. */
  readonly threads: readonly ThreadActivity[];
  /** Bytes that it read and wrote, and calls by which it tried to; null where that is not shown. */
  readonly moved: {
    readonly bytes: number;
    readonly reads: number;
    readonly writes: number;
  } | null;
  readonly grewKiB: number;
  /** It waited for a child that had ended. */
  readonly reaped: boolean;
}

/** What each living process of the tree did. */
export function activities(scene: Scene): Activity[] {
  return living(scene).map((process) => activityOf(process));
}

/** What a process did between the looks. */
export function activityOf(process: ObservedProcess): Activity {
  const { before, now } = process;
  const seconds = Math.max(now.atMs - before.atMs, 1) / 1_000;
  const threads = process.threads
    .map((thread) => threadActivity(thread, seconds))
    .toSorted((a, b) => b.busy - a.busy);
  const moved =
    now.io === null || before.io === null
      ? null
      : {
          bytes: now.io.read - before.io.read + now.io.written - before.io.written,
          reads: (now.io.readCalls ?? 0) - (before.io.readCalls ?? 0),
          writes: (now.io.writeCalls ?? 0) - (before.io.writeCalls ?? 0),
        };
  return {
    process,
    seconds,
    threads,
    moved,
    grewKiB: now.residentKiB - before.residentKiB,
    reaped: (now.faultsOfChildren ?? 0) > (before.faultsOfChildren ?? 0),
  };
}

function threadActivity({ pid, before, now }: ObservedThread, seconds: number): ThreadActivity {
  const ran = (now.cpuNs ?? 0) - (before.cpuNs ?? 0);
  const delayed = (now.runDelayNs ?? 0) - (before.runDelayNs ?? 0);
  return {
    thread: { pid, tid: now.tid },
    busy: Math.min(1, (ran + delayed) / (seconds * 1e9)),
    active: Math.min(1, ran / Math.max(seconds * 1e9 - delayed, 1)),
    system: systemShare(before, now),
    sleeps: (now.voluntarySwitches - before.voluntarySwitches) / seconds,
  };
}

/** Ticks are coarse, mostly 10 ms each: with fewer of them the share says nothing. */
const LEAST_TICKS = 5;

function systemShare(
  { ticks: first }: ObservedThread['before'],
  { ticks: second }: ObservedThread['now'],
): number | null {
  if (first === undefined || second === undefined) return null;
  const system = second.system - first.system;
  const all = second.user - first.user + system;
  return all < LEAST_TICKS ? null : system / all;
}

/** A thread that did nothing else for so much of the time is busy. */
const BUSY = 0.8;

/** Who is busy all the time, with the thread that is most so. */
export function busyOnes(scene: Scene): { activity: Activity; thread: ThreadActivity }[] {
  return activities(scene).flatMap((activity) => {
    const [thread] = activity.threads;
    return thread === undefined || thread.busy < BUSY ? [] : [{ activity, thread }];
  });
}

/** Who runs for a smaller share of its time mostly sleeps. */
const MOST_ACTIVE = 0.3;

/**
 * Whether somebody ran between the looks, but only now and then: it may just have been met in the
 * wrong moment, and another look tells more.
 */
export function isMostlyAsleep(scene: Scene): boolean {
  const threads = activities(scene).flatMap((activity) => activity.threads);
  return (
    threads.some(({ busy }) => busy > 0) && threads.every(({ active }) => active < MOST_ACTIVE)
  );
}

/** `93 %`, for people. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
