import type { HangClass } from './hang-class.ts';
import { rootOfThread } from './root-of-thread.ts';
import { isLongSleep, timeBound } from './time-bound.ts';

/** Everything waits for one long sleep. */
export const sleepingLong: HangClass = {
  name: 'sleeping-long',
  title: 'everything waits for one long sleep to be over',
  causes: [
    'A sleep that stands for "wait until somebody is ready", and is longer than the limit of the test.',
    'A retry whose pauses grow without a bound.',
    'A child that was only meant to stay alive (`sleep 1000`) and is waited for.',
  ],
  fixes: [
    'Wait for the event itself and not for a time; give the pauses between retries a bound.',
    'End the child that only stays alive before it is waited for.',
  ],
  decidedBy:
    "A process sleeps for 10 s or more, or for a time that can't be read, and everybody else of the tree waits for others of it or for a time: that rules out a wait for anybody, since a sleep has no partner.",
  confusedWith: [
    {
      name: 'timers-only',
      toldApartBy: 'there a loop waits for its timers, or the pauses are shorter than 10 s.',
    },
    {
      name: 'slow-not-hung',
      toldApartBy:
        'there something moves between the looks; whether it goes on after the sleep, only its end tells.',
    },
    {
      name: 'parent-waits-child',
      toldApartBy: 'there the last of the chain waits for no time.',
    },
  ],
  claim: (scene) =>
    timeBound(scene)
      .filter(({ pace }) => isLongSleep(pace))
      .map(({ process, pace }) => ({
        root: rootOfThread(scene, { pid: process.pid, tid: process.pid }, process.now.commandLine),
        confidence: 0.6,
        summary: `pid ${process.pid} (${process.now.commandLine}) ${pace.what}, and nothing else of the tree does anything`,
        decidedBy: [
          `pid ${process.pid} ${pace.what}`,
          'no other process of the tree runs, and nobody outside is waited for',
        ],
        ruledOut: ['a wait for anybody: a sleep has no partner'],
        couldBe: ['a pause that is meant, after which it goes on'],
        undecided: 'the end of the sleep: whether it goes on then, or sleeps again',
      })),
};
