import { activities, type Activity, percent } from './activity.ts';
import type { Claim, HangClass, Scene } from './hang-class.ts';
import { isSleeping, passers } from './pace.ts';
import { rootOfThread } from './root-of-thread.ts';

/** So many bytes a second are more than a heartbeat or somebody who asks for the same again. */
const MOVING_BYTES = 256 * 1024;

/** So much more memory a second, while it is busy, is more than noise. */
const GROWING_KIB = 2_048;

const BUSY = 0.3;

/** So many processes that did not only sleep came or went. */
const SPAWNED = 2;

/** It gets on between the samples: slow, and no hang at all. */
export const slowNotHung: HangClass = {
  name: 'slow-not-hung',
  title: 'it gets on, only slowly',
  causes: [
    'A build, a large input, a long test; a machine that is loaded.',
    'A loop that does real work, and does it for ever.',
  ],
  fixes: [
    'Give it more time, or less to do at once.',
    'Look whether what it reads, writes or starts is still what it should.',
  ],
  decidedBy:
    'Between the looks a process read or wrote at least 256 KiB a second, its memory grew by at least 2 MiB a second while it was busy, or at least two processes that worked came or went: that rules out a standstill.',
  confusedWith: [
    {
      name: 'busy-in-user-code',
      toldApartBy:
        'there none of that shows; a loop that does the same work for ever is taken for slow all the same, and only its limit of time ends that.',
    },
    {
      name: 'syscall-spin',
      toldApartBy: 'there the calls give nothing.',
    },
    {
      name: 'timers-only',
      toldApartBy: 'there it only wakes now and then, and does next to nothing.',
    },
  ],
  claim(scene) {
    if (scene.progress.may.size === 0) return [];
    const signs = signsOf(scene);
    const [first] = signs;
    if (first === undefined) return [];
    return [
      {
        root: rootOfThread(scene, { pid: first.pid, tid: first.pid }),
        confidence: 0.9,
        summary: `it gets on: ${first.sign}`,
        decidedBy: signs.map(({ sign }) => sign),
        ruledOut: ['a standstill: what moved between the samples is no mere waiting'],
        couldBe: ['a loop that does the same work for ever: only its limit of time ends that'],
        progresses: true,
      } satisfies Claim,
    ];
  },
};

interface Sign {
  readonly pid: number;
  readonly sign: string;
}

function signsOf(scene: Scene): Sign[] {
  const all = activities(scene);
  return [
    ...spawning(scene, all),
    ...all.flatMap((activity) => [...moving(activity), ...growing(activity)]),
  ];
}

/** Processes that come and go, and work while they are there. */
function spawning(scene: Scene, all: readonly Activity[]): Sign[] {
  const workers = passers(scene).filter((one) => !isSleeping(one));
  const [first] = workers;
  const load = all.reduce((sum, { threads }) => sum + busyOf(threads), 0);
  const ranMs = workers.reduce((sum, { threadList }) => sum + ranOf(threadList), 0);
  if (first === undefined || workers.length < SPAWNED) return [];
  if (load < BUSY && ranMs < scene.seen.windowMs * BUSY) return [];
  const names = [...new Set(workers.map(({ command }) => command))].slice(0, 5).join(', ');
  return [{ pid: first.parent, sign: `${workers.length} processes came or went (${names})` }];
}

function busyOf(threads: Activity['threads']): number {
  return threads.reduce((sum, { busy }) => sum + busy, 0);
}

function ranOf(
  threads: readonly { readonly cpuNs: number | null; readonly runDelayNs: number | null }[],
): number {
  return (
    threads.reduce((sum, { cpuNs, runDelayNs }) => sum + (cpuNs ?? 0) + (runDelayNs ?? 0), 0) / 1e6
  );
}

function moving({ process, moved, seconds }: Activity): Sign[] {
  const rate = (moved?.bytes ?? 0) / seconds;
  if (rate < MOVING_BYTES) return [];
  return [
    {
      pid: process.pid,
      sign: `pid ${process.pid} (${process.now.command}) reads and writes ${Math.round(rate / 1024)} KiB a second`,
    },
  ];
}

function growing({ process, threads, grewKiB, seconds }: Activity): Sign[] {
  const rate = grewKiB / seconds;
  const busy = busyOf(threads);
  if (rate < GROWING_KIB || busy < BUSY) return [];
  return [
    {
      pid: process.pid,
      sign: `pid ${process.pid} (${process.now.command}) is busy (${percent(busy)}), and its memory grows by ${Math.round(rate / 1024)} MiB a second`,
    },
  ];
}
