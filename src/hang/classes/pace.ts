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
const MOST_ACTIVE = 0.3;

/** One that woke once may do so again only after a long time. */
const LEAST_WAKES = 2;

function paceOf(scene: Scene, activity: Activity): Pace {
  const { pid } = activity.process;
  const waits = waitsOfProcess(scene, pid);
  const main = waits.find(({ thread }) => thread.tid === pid);
  const others = waits.filter((wait) => wait !== main);
  const isActive = activity.threads.some(({ active }) => active > MOST_ACTIVE);
  if (main === undefined || isActive || !others.every(isBeside)) return OTHER;
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

/** It ran between the looks, and is asleep now, or was before. */
function restlessPace(scene: Scene, activity: Activity): Pace {
  const { process, threads, seconds } = activity;
  const thread = process.threads.find(({ now }) => now.tid === process.pid);
  const rate = threads.find((one) => one.thread.tid === process.pid)?.sleeps ?? 0;
  // Where it just wakes at one of the two moments, the other tells.
  const call = thread?.now.syscall ?? thread?.before.syscall ?? null;
  if (thread === undefined || call === null) return OTHER;
  const isOften = rate * seconds >= LEAST_WAKES;
  const limited = limitedWait({ thread, process, call, seen: scene.seen });
  if (limited !== null) {
    const pace = timedPace(scene, activity, limited);
    return pace.kind === 'other' || !isOften ? pace : { kind: 'polls', rate, what: limited.what };
  }
  const passed = passers(scene).filter(({ parent }) => parent === process.pid);
  const isShellLoop = call.name === 'wait4' && passed.length > 0 && onlySleeps(scene, passed);
  return isShellLoop && isOften
    ? { kind: 'polls', rate, what: 'starts one sleep after the other' }
    : OTHER;
}

/** The processes that came or went between the looks. */
export function passers({ seen }: Scene): readonly ProcessSample[] {
  return [...(seen.came ?? []), ...(seen.went ?? [])];
}

/**
 * Whether such processes only passed time (`sleep 0.1`). One that was met as it was forked and had
 * not executed its program yet counts as its siblings do.
 */
export function onlySleeps({ seen }: Scene, passed: readonly ProcessSample[]): boolean {
  const others = passed.filter((one) => !isSleeping(one));
  const areCopies = others.every(
    ({ parent, commandLine }) => seen.processes.get(parent)?.now.commandLine === commandLine,
  );
  return areCopies && others.length <= passed.length / 2;
}

/** A process of its own that only passes time. */
export function isSleeping({ threadList }: ProcessSample): boolean {
  return threadList.every(({ syscall }) => (syscall?.name ?? '').endsWith('nanosleep'));
}
