import type { HangClass } from './hang-class.ts';
import { isLockWait, ownerCircles } from './lock-owner.ts';
import { rootOfThread } from './root-of-thread.ts';

/** Threads that each hold a lock for which the next one waits. */
export const mutexCycle: HangClass = {
  name: 'mutex-cycle',
  title: 'threads hold locks and wait for each other’s in a circle',
  causes: [
    'Two places take the same two locks in opposite order.',
    'A thread is joined by one that holds a lock which it needs to end.',
    'A callback is called while a lock is held, and takes another one.',
  ],
  fixes: [
    'Take locks in one order everywhere, or all of them at once (std::scoped_lock).',
    'Give the lock back before joining, calling back or waiting.',
  ],
  decidedBy:
    'The owner that stands in each lock is a thread that waits for the next one, without a limit: that rules out a lost wake-up and an owner that is slow.',
  confusedWith: [
    {
      name: 'self-deadlock',
      toldApartBy: 'there the circle is of one thread: its own id stands in the lock.',
    },
    {
      name: 'mutex-owner-gone',
      toldApartBy: 'there the owner is no thread of the process any more.',
    },
    {
      name: 'lock-without-owner',
      toldApartBy: "there no owner stands in the locks; such a circle can't be seen from outside.",
    },
    {
      name: 'teardown-order',
      toldApartBy:
        'there the circle also leads over something that is neither an end nor a lock with an owner.',
    },
  ],
  claim: (scene) =>
    ownerCircles(scene)
      .filter((circle) => circle.length > 1 && circle.some(isLockWait))
      .map((circle) => {
        const [first] = circle;
        const steps = circle.map(({ thread, what }) => `thread ${thread.tid} ${what}`);
        return {
          root: rootOfThread(
            scene,
            first?.thread ?? { pid: scene.seen.root, tid: scene.seen.root },
          ),
          confidence: 0.97,
          summary: `${circle.length} threads of pid ${first?.thread.pid} wait for each other in a circle: ${steps.join('; ')}`,
          decidedBy: [
            'the owner that stands in each lock is a thread that waits for the next one',
            ...steps,
          ],
          ruledOut: [
            'a lost wake-up: the locks are held, and by whom was read',
            'a slow owner: no thread of the circle ran between two looks, and none has a time limit',
          ],
          couldBe: [],
        };
      }),
};
