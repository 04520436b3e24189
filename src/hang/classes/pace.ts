import type { Decoded } from '../graph/decoded.ts';
import type { Wait } from '../graph/wait.ts';
import { limitedWait } from '../graph/limited-wait.ts';
import type { ProcessSample } from '../observe/process-sample.ts';
import { type Activity, activities } from './activity.ts';
import { isOwnWakeupOf } from './channel.ts';
import type { Scene } from './hang-class.ts';
import { waitsOfProcess } from './scene.ts';

/** At which pace a process goes, as far as its own doing tells. */
export type Pace =
  /** It sleeps, and nothing but the time ends that; milliseconds, null where that can't be read. */
  | { readonly kind: 'sleeps'; readonly limitMs: number | null; readonly what: string }
  /** It waits for its own timers, and nobody else has a means to wake it. */
  | { readonly kind: 'timers'; readonly limitMs: number | null; readonly what: string }
  /** It wakes again and again, does next to nothing, and sleeps; so often a second. */
  | { readonly kind: 'polls'; readonly rate: number; readonly what: string }
  /** It does nothing but wait for others of the tree. */
  | { readonly kind: 'waits' }
  | { readonly kind: 'other' };

export interface Paced {
  readonly activity: Activity;
  readonly pace: Pace;
}

/** The pace of each living process. */
export function paces(scene: Scene): Paced[] {
  return activities(scene).map((activity) => ({ activity, pace: paceOf(scene, activity) }));
}

/** Who wakes and works for longer than this share of the time does something. */
const MOST_BUSY = 0.3;

/** With fewer it may as well have been woken once by somebody else. */
const LEAST_WAKES = 2;

function paceOf(scene: Scene, activity: Activity): Pace {
  const { pid } = activity.process;
  const waits = waitsOfProcess(scene, pid);
  const main = waits.find(({ thread }) => thread.tid === pid);
  const others = waits.filter((wait) => wait !== main);
  const busiest = activity.threads[0]?.busy ?? 0;
  if (main === undefined || busiest > MOST_BUSY || !others.every(isBeside)) return OTHER;
  if (main.kind === 'running') return restlessPace(scene, activity);
  if (main.kind === 'time') return timedPace(scene, activity, main);
  return main.sources.every(isWithin) ? { kind: 'waits' } : OTHER;
}

const OTHER: Pace = { kind: 'other' };

/** What threads do that wait for work of the main one. */
function isBeside({ kind, fds, sources }: Wait): boolean {
  if (kind === 'running' || kind === 'futex') return true;
  return kind === 'time' ? fds.length === 0 : sources.every(isWithin);
}

function isWithin({ kind }: Wait['sources'][number]): boolean {
  return kind === 'process' || kind === 'end' || kind === 'thread';
}

function timedPace(
  scene: Scene,
  { process }: Activity,
  { fds = [], limitMs, what }: Pick<Decoded, 'fds' | 'limitMs' | 'what'>,
): Pace {
  if (fds.length === 0) return { kind: 'sleeps', limitMs: limitMs ?? null, what };
  const isOwn = fds.every((fd) => isOwnWakeupOf(scene, process, fd));
  return isOwn ? { kind: 'timers', limitMs: limitMs ?? null, what } : OTHER;
}

/** It ran between the looks, and is asleep now. */
function restlessPace(scene: Scene, activity: Activity): Pace {
  const { process, threads, seconds } = activity;
  const thread = process.threads.find(({ now }) => now.tid === process.pid);
  const rate = threads.find((one) => one.thread.tid === process.pid)?.sleeps ?? 0;
  const call = thread?.now.syscall ?? null;
  if (thread === undefined || call === null || rate * seconds < LEAST_WAKES) return OTHER;
  const limited = limitedWait({ thread, process, call, seen: scene.seen });
  if (limited !== null) {
    const { kind } = timedPace(scene, activity, limited);
    return kind === 'other' ? OTHER : { kind: 'polls', rate, what: limited.what };
  }
  const sleeps = (scene.seen.came ?? []).filter(({ parent }) => parent === process.pid);
  const isShellLoop = call.name === 'wait4' && sleeps.length > 0 && sleeps.every(isSleeping);
  return isShellLoop ? { kind: 'polls', rate, what: 'starts one sleep after the other' } : OTHER;
}

/** `sleep 0.1` and the like: a process of its own that only passes time. */
export function isSleeping({ threadList }: ProcessSample): boolean {
  return threadList.every(({ syscall }) => (syscall?.name ?? '').endsWith('nanosleep'));
}
